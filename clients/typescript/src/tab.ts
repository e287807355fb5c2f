import type { TransportOptions } from './transport.ts';

/** What the tab remembers of the ways to a gateway, after `value` is put there if it is given. Where it may keep nothing it finds out anew. */
export function remembered({ url, storage }: TransportOptions, what: string, value?: string): string | null | undefined {
  try {
    const key = `optimization-gateway:${what}:${url.split('?')[0]}`;
    // Throws where there is none, or none may be used.
    const kept = storage === false ? undefined : window.sessionStorage;
    if (value !== undefined) kept?.setItem(key, value);
    return kept?.getItem(key);
  } catch {
    return undefined;
  }
}
