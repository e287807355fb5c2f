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
  const listen = (target: EventTarget | undefined, name: string, heard: () => void): void =>
    target?.addEventListener(name, heard, controller);
  const { window, document } = globalThis;
  listen(window, 'online', woke);
  listen(window, 'offline', offline);
  listen(window, 'pageshow', woke);
  listen(window, 'pagehide', hidden);
  listen(document, 'resume', woke);
  listen(document, 'visibilitychange', () => document.visibilityState === 'visible' && woke());
  return () => controller.abort();
}
