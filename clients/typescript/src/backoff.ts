import { isVisible } from './pageEvents.ts';

export interface BackoffOptions {
  /** The shortest delay, in ms. Default 500. */
  readonly minDelay: number;
  /** The longest delay, in ms. Default 20,000, and 10,000 while the page is visible. */
  readonly maxDelay?: number | undefined;
}

/** Full jitter: anywhere between the least and a ceiling that doubles, so that a restarted gateway isn't met by everyone at once. */
export function backoffDelay(attempt: number, { minDelay, maxDelay }: BackoffOptions): number {
  const longest = maxDelay ?? (isVisible() ? 10_000 : 20_000);
  const ceiling = Math.max(minDelay, Math.min(longest, minDelay * 2 ** (attempt + 1)));
  return minDelay + Math.random() * (ceiling - minDelay);
}
