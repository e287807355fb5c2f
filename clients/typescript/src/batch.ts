import { later } from './limits.ts';

/** `'frame'`: with the next frame of the page. A number: that many ms after the first. `false`: in the next microtask. */
export type BatchMode = 'frame' | number | false;

/** In a hidden tab no frame comes; then this timer does it (browsers stretch it to 1 s or more there, which is just as well). */
const hiddenMs = 100;

/** Gathers what is to land and lands it together. */
export class Batch {
  readonly #mode: BatchMode;
  readonly #due = new Set<() => void>();
  #cancel: (() => void) | undefined;

  constructor(mode: BatchMode) {
    this.#mode = mode;
  }

  add(land: () => void): void {
    this.#due.add(land);
    this.#cancel ??= this.#schedule();
  }

  /** Lands now; nothing of it throws, since handlers are called with care. */
  readonly flush = (): void => {
    this.#cancel?.();
    this.#cancel = undefined;
    const due = [...this.#due];
    this.#due.clear();
    for (const land of due) land();
  };

  #schedule(): () => void {
    const { flush } = this;
    const mode = this.#mode;
    if (mode === false) {
      queueMicrotask(flush);
      return () => {};
    }
    // A frame and a timer, and the first wins: a tab can be hidden between asking for a frame and getting it.
    const frame = mode === 'frame' && globalThis.requestAnimationFrame?.(flush);
    const timer = later(flush, mode === 'frame' ? hiddenMs : mode);
    return () => {
      clearTimeout(timer);
      if (frame) cancelAnimationFrame(frame);
    };
  }
}
