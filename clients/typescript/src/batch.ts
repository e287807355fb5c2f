import { later } from './limits.ts';

/** `'frame'`: with the next frame of the page. A number: that many ms after the first. `false`: in the next microtask. */
export type BatchMode = 'frame' | number | false;

/** Gathers what is to land and lands it together. */
export interface Batch {
  add(land: () => void): void;
  /** Lands now; nothing of it throws, since handlers are called with care. */
  flush(): void;
}

/** In a hidden tab no frame comes; then this timer does it (browsers stretch it to 1 s or more there, which is just as well). */
const hiddenMs = 100;

export function createBatch(mode: BatchMode): Batch {
  const due = new Set<() => void>();
  let frame: number | undefined;
  let timer: ReturnType<typeof later>;

  const flush = (): void => {
    clearTimeout(timer);
    if (frame) cancelAnimationFrame(frame);
    const landing = [...due];
    due.clear();
    for (const land of landing) land();
  };
  // A frame and a timer, and the first wins: a tab can be hidden between asking for a frame and getting it.
  const schedule = (): void => {
    if (mode === false) return queueMicrotask(flush);
    if (mode === 'frame') frame = globalThis.requestAnimationFrame?.(flush);
    timer = later(flush, mode === 'frame' ? hiddenMs : mode);
  };
  const add = (land: () => void): void => {
    if (due.size === 0) schedule();
    due.add(land);
  };
  return { add, flush };
}
