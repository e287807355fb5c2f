/** The standard close codes after which it is no use coming back: we broke the rules of WebSocket itself. */
const finalStandardCodes: readonly number[] = [1002, 1003, 1007, 1009];

/** The socket was refused because its token has expired: come back with another. */
export const tokenExpired = 4401;

/** PROTOCOL.md section 7, by range: 4500–4999 mean don't come back; anything else that the other side did means do, also 1000. */
export function isFinalCloseCode(code = 0): boolean {
  return (code >= 4500 && code <= 4999) || finalStandardCodes.includes(code);
}
