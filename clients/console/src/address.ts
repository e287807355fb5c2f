import { type MouseEvent, useSyncExternalStore } from 'react';

// The job that is shown is the one in the address: a link can be shared, and back goes back.

const went = 'console:went';

export function useAddressedJob(): string | null {
  return useSyncExternalStore(subscribe, () => new URLSearchParams(location.search).get('job') || null);
}

/** What the address asks for. */
export const useSearch = (): string => useSyncExternalStore(subscribe, () => location.search);

/** Relative, since the page may be served under a path. */
export const addressOf = (jobId: string): string => `?job=${encodeURIComponent(jobId)}`;

export function go(address: string): void {
  const { pathname, search } = new URL(address, location.href);
  if (pathname + search !== location.pathname + location.search) history.pushState(null, '', pathname + search);
  dispatchEvent(new Event(went));
}

/** For a link of ours: what the browser does with other keys and buttons stays as it is. */
export function goByLink(click: MouseEvent<HTMLAnchorElement>): void {
  if (click.button !== 0 || click.ctrlKey || click.metaKey || click.shiftKey || click.altKey) return;
  click.preventDefault();
  go(click.currentTarget.pathname + click.currentTarget.search);
}

function subscribe(changed: () => void): () => void {
  for (const name of ['popstate', went]) addEventListener(name, changed);
  return () => {
    for (const name of ['popstate', went]) removeEventListener(name, changed);
  };
}
