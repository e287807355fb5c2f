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
  /** When the ping was sent that nothing has followed; `undefined` while resting. */
  #askedAt: number | undefined;

  constructor(options: KeepAliveOptions, ping: () => void, dead: () => void) {
    this.#options = options;
    this.#ping = ping;
    this.#dead = dead;
  }

  start(): void {
    this.#rest();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#askedAt = undefined;
  }

  /** Anything that is received proves the socket. Runs for each message: no timer is touched unless a ping is out. */
  heard(): void {
    if (this.#askedAt !== undefined) this.#rest();
  }

  /** Asks now, because the page woke up or the network changed. */
  probe(): void {
    if (this.#askedAt === undefined) this.#ask();
  }

  #rest(): void {
    this.#askedAt = undefined;
    this.#after(this.#options.interval, () => this.#ask());
  }

  #ask(): void {
    this.#askedAt = Date.now();
    this.#after(this.#options.timeout, () => this.#judge(Date.now()));
    this.#ping();
  }

  #judge(now: number): void {
    const late = now - (this.#askedAt ?? now) - this.#options.timeout;
    if (late < lateMs) this.#dead();
    else this.#after(graceMs, () => this.#dead());
  }

  #after(ms: number, act: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, ms);
  }
}
