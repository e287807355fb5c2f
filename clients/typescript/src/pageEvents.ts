/** What the page tells about itself and the network. */
export interface PageListener {
  /** Seen again, thawed, back from the cache, or online. */
  woke(): void;
  offline(): void;
  /** Left: for ever, or for the back/forward cache. */
  hidden(): void;
}

/** Listens where there is a page; elsewhere it does nothing. Returns how to stop. */
export function listenToPage(listener: PageListener): () => void {
  if (typeof document === 'undefined') return () => {};
  const controller = new AbortController();
  const options = { signal: controller.signal };
  const woke = (): void => listener.woke();
  window.addEventListener('online', woke, options);
  window.addEventListener('offline', () => listener.offline(), options);
  window.addEventListener('pageshow', woke, options);
  window.addEventListener('pagehide', () => listener.hidden(), options);
  document.addEventListener('resume', woke, options);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && woke(), options);
  return () => controller.abort();
}

/** `navigator.onLine` may be wrong about being online, hardly ever about being offline. */
export const isOffline = (): boolean => globalThis.navigator?.onLine === false;
