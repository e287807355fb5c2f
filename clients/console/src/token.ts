const key = 'gateway-token';

/** For this tab alone, and gone with it; where the browser keeps nothing, for as long as the page lives. */
let kept: string | null = null;

try {
  kept = sessionStorage.getItem(key);
} catch {
  // Storage is blocked.
}

export function keepToken(token: string | null): void {
  kept = token;
  try {
    if (token) sessionStorage.setItem(key, token);
    else sessionStorage.removeItem(key);
  } catch {
    // Storage is blocked.
  }
}

/** The token that somebody entered; one that has expired is forgotten, so that the page asks for another. */
export function getToken({ expired }: { readonly expired: boolean }): string | null {
  if (expired) keepToken(null);
  return kept;
}
