import { later } from './limits.ts';

export interface KeepAliveOptions {
  /** The time between pings, in ms. Default 15,000. */
  readonly interval: number;
  /** How long after a ping something must be heard, in ms. Default 10,000. */
  readonly timeout: number;
}

/** A tick this late means that the page slept or was throttled. What came meanwhile may still wait behind the timer. */
const lateMs = 2_000;
/** Time for what waits to be heard, after such a tick. */
const graceMs = 250;
/** After a sleep, which hardly a socket outlives, a third of the time must do for an answer. */
export const afterSleep = 3;
/** How often the clock is looked at. */
const stepMs = 1_000;

/**
 * Tells a dead socket from a silent one. Judged by the clock and not by counting ticks, since timers of hidden tabs come once a minute.
 *
 *     resting ──interval──► asking ──timeout, nothing heard──► dead
 *        ▲                    │
 *        └──── anything heard ┘
 */
export class KeepAlive {
  readonly #options: KeepAliveOptions;
  readonly #ping: () => void;
  readonly #dead: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAsking = false;

  constructor(options: KeepAliveOptions, ping: () => void, dead: () => void) {
    this.#options = options;
    this.#ping = ping;
    this.#dead = dead;
  }

  /** Rests in steps: a clock that jumps is the only sign of a sleep where no page tells of it. */
  start(left: number = this.#options.interval): void {
    this.stop();
    const step = Math.min(left, stepMs);
    const due = Date.now() + step;
    this.#timer = setTimeout(() => {
      if (Date.now() - due > lateMs) this.probe(afterSleep);
      else if (left > step) this.start(left - step);
      else this.probe();
    }, step);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#isAsking = false;
  }

  /** Anything that is received proves the socket. Runs for each message: no timer is touched unless a ping is out. */
  heard(): void {
    if (this.#isAsking) this.start();
  }

  /** Asks: it is time to, or there is reason to hurry, and then an answer has only a part of the time. */
  probe(haste = 1): void {
    if (this.#isAsking) return;
    this.stop();
    this.#isAsking = true;
    const timeout = this.#options.timeout / haste;
    const due = Date.now() + timeout;
    this.#timer = later(() => {
      if (Date.now() - due < lateMs) this.#dead();
      else this.#timer = setTimeout(this.#dead, graceMs);
    }, timeout);
    this.#ping();
  }
}
