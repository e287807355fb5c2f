/** What the page tells about itself and the network. */
export interface PageListener {
  /** Seen again, thawed, back from the cache, or online. */
  readonly woke: () => void;
  readonly offline: () => void;
  /** Left: for ever, or for the back/forward cache. */
  readonly hidden: () => void;
}

/** Whether somebody may be looking; false where there is no page. */
export const isVisible = (): boolean => globalThis.document?.visibilityState === 'visible';

/** Listens where there is a page; elsewhere it does nothing. Returns how to stop. */
export function listenToPage({ woke, offline, hidden }: PageListener): () => void {
  const controller = new AbortController();
  // The window also hears what is told to its document, on the way there.
  const options = { capture: true, signal: controller.signal };
  const handlers = {
    online: woke,
    offline,
    pageshow: woke,
    pagehide: hidden,
    resume: woke,
    visibilitychange: () => isVisible() && woke(),
  };
  for (const [name, handler] of Object.entries(handlers)) globalThis.window?.addEventListener(name, handler, options);
  return () => controller.abort();
}
