// When another way is tried: a pure machine, so that every case can be looked at.

/** The way in use, and what is known of the better one. */
export interface Choice {
  readonly isFallback: boolean;
  /** Attempts in a row of the way in use that came to nothing. */
  readonly failures: number;
  /** When the better way is tried again, in ms since 1970. */
  readonly retryAt: number;
  /** How long after the next failure of the better way it is tried again, in ms. */
  readonly patience: number;
}

/**
 * `worked`: a message of the gateway came. `unopened`: no connection was made. `cut`: it ended, or was silent, before its first message.
 * `through` and `blocked`: the better way was tried beside the other one.
 */
export type Sign = 'worked' | 'unopened' | 'cut' | 'through' | 'blocked';

/** So many in a row never opened: a gateway that restarts is back sooner, a network that lets nothing through isn't. */
const mostUnopened = 3;
const leastPatience = 10_000;
const mostPatience = 600_000;

export const better: Choice = { isFallback: false, failures: 0, retryAt: 0, patience: leastPatience };

/** Also how a tab begins where the other way has worked before. */
export function fallBack({ patience }: Choice, now: number): Choice {
  return { isFallback: true, failures: 0, retryAt: now + patience, patience: Math.min(patience * 2, mostPatience) };
}

export function choose(choice: Choice, sign: Sign, now: number): Choice {
  const { isFallback, failures } = choice;
  if (sign === 'through' || (sign === 'worked' && !isFallback)) return better;
  if (sign === 'worked') return { ...choice, failures: 0 };
  if (sign === 'blocked') return fallBack(choice, now);
  if (failures + 1 < mostUnopened && (isFallback || sign === 'unopened')) return { ...choice, failures: failures + 1 };
  // Where neither gets through, the gateway is away: they take turns, and nothing is held against the better one.
  return isFallback ? better : fallBack(choice, now);
}
