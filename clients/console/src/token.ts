const key = 'gateway-token';

/** For this tab alone, and gone with it; where the browser keeps nothing, for as long as the page lives. */
let kept: string | null = null;

/** Whether the last one was good for its time. */
let hasExpired = false;

try {
  kept = sessionStorage.getItem(key);
} catch {
  // Storage is blocked.
}

export function keepToken(token: string | null): void {
  kept = token;
  hasExpired = false;
  try {
    if (token) sessionStorage.setItem(key, token);
    else sessionStorage.removeItem(key);
  } catch {
    // Storage is blocked.
  }
}

/** The token that somebody entered; one that has expired is forgotten, so that the page asks for another. */
export function getToken({ expired }: { readonly expired: boolean }): string | null {
  if (expired) {
    keepToken(null);
    hasExpired = true;
  }
  return kept;
}

/** The token that requests by HTTP carry. */
export const currentToken = (): string | null => kept;

/** The close codes of a gateway that asks for another token: PROTOCOL.md section 7. */
const forbidden = 4503;
const unauthorized = 4501;

/**
 * Whether another token may help: the gateway says so; or it never heard of the one that is kept, since no socket could be made with it.
 */
export function tokenHelps({ state, closeCode }: { readonly state: string; readonly closeCode: number | null }): boolean {
  if (state !== 'closed') return false;
  return closeCode === null ? kept !== null : closeCode === unauthorized || closeCode === forbidden;
}

/** What became of the last token. */
export function tokenFate(closeCode: number | null): 'none' | 'expired' | 'forbidden' | 'refused' {
  if (hasExpired) return 'expired';
  if (kept === null) return 'none';
  return closeCode === forbidden ? 'forbidden' : 'refused';
}

/** The token in what somebody pasted, perhaps a whole header; null where it can be none: a browser makes no socket with it. */
export function tokenIn(pasted: string): string | null {
  const token = pasted.trim().replace(/^(authorization:\s*)?bearer(\s+|$)/i, '');
  return /^[\w.-]+$/.test(token) ? token : null;
}
