/** The socket was refused because its token has expired: come back with another. */
export const tokenExpired = 4401;

/**
 * PROTOCOL.md section 7, by range: 4500–4999 mean don't come back; anything else that the other side did means do, also 1000. It is no use
 * either after those of the standard that say that we broke the rules of WebSocket itself.
 */
export function isFinalCloseCode(code: number | null): boolean {
  return /^(4[5-9]..|100[2379])$/.test(code as unknown as string);
}
