/** What the page tells about itself and the network. */
export interface PageListener {
  /** Seen again, thawed, back from the cache, or online. */
  readonly woke: () => void;
  readonly offline: () => void;
  /** Left: for ever, or for the back/forward cache. */
  readonly hidden: () => void;
}

/** Listens where there is a page; elsewhere it does nothing. Returns how to stop. */
export function listenToPage({ woke, offline, hidden }: PageListener): () => void {
  const controller = new AbortController();
  const { window, document } = globalThis;
  window?.addEventListener('online', woke, controller);
  window?.addEventListener('offline', offline, controller);
  window?.addEventListener('pageshow', woke, controller);
  window?.addEventListener('pagehide', hidden, controller);
  document?.addEventListener('resume', woke, controller);
  document?.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && woke(), controller);
  return () => controller.abort();
}
