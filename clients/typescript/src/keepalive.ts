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

export interface KeepAlive {
  /** There is no socket. */
  stop(): void;
  /** That it opened, or anything that is received, proves the socket. Runs for each message: no timer is touched unless a ping is out. */
  heard(): void;
  /** Asks: it is time to, or there is reason to hurry, and then an answer has only a part of the time. */
  probe(haste?: number): void;
}

/**
 * Tells a dead socket from a silent one. Judged by the clock and not by counting ticks, since timers of hidden tabs come once a minute.
 *
 *     resting ──interval──► asking ──timeout, nothing heard──► dead
 *        ▲                    │
 *        └──── anything heard ┘
 */
export function createKeepAlive({ interval, timeout }: KeepAliveOptions, ping: () => void, dead: () => void): KeepAlive {
  let timer: ReturnType<typeof later>;
  /** Whether a sign of life is waited for: a ping's answer, or a socket. */
  let isAsking = true;

  /** Tells `act` how late it is. */
  const wait = (ms: number, act: (late: number) => void): void => {
    const due = Date.now() + ms;
    clearTimeout(timer);
    timer = later(() => act(Date.now() - due), ms);
  };
  /** Rests in steps: a clock that jumps is the only sign of a sleep where no page tells of it. */
  const rest = (left: number): void => {
    isAsking = false;
    const step = Math.min(left, stepMs);
    wait(step, (late) => {
      if (late > lateMs) probe(afterSleep);
      else if (left > step) rest(left - step);
      else probe();
    });
  };
  const probe = (haste = 1): void => {
    if (isAsking) return;
    isAsking = true;
    wait(timeout / haste, (late) => (late < lateMs ? dead() : wait(graceMs, dead)));
    ping();
  };
  return {
    stop: () => {
      clearTimeout(timer);
      isAsking = true;
    },
    heard: () => {
      if (isAsking) rest(interval);
    },
    probe,
  };
}
