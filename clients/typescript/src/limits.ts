import { GatewayError } from './errors.ts';

/** Calls `act` after `ms`; never where that is longer than timers can hold (24.8 days) or `Infinity`: they would be over at once. */
export function later(act: () => void, ms: number): ReturnType<typeof setTimeout> | undefined {
  return ms < 2 ** 31 ? setTimeout(act, ms) : undefined;
}

/** Calls `act` when the signal is aborted, at once if it is already; not after `end`. */
export function whenAborted(signal: AbortSignal | undefined, act: () => void, end?: AbortSignal): void {
  if (signal?.aborted) act();
  else signal?.addEventListener('abort', act, { signal: end } as AddEventListenerOptions);
}

/** Throws where a value isn't what it must be. JSON and timers would make something else of it without a word. */
export function check(isValid: boolean, name: string, rule: string, value: unknown): void {
  if (!isValid) throw new GatewayError('invalid_argument', `${name} must be ${rule}, not the ${typeof value} ${String(value)}`);
}

export function checkNumber(name: string, value: unknown, least: number): void {
  check(typeof value === 'number' && value >= least, name, `a number from ${least} on`, value);
}

export function checkCursor(value: unknown): void {
  check(Number.isSafeInteger(value) && (value as number) >= 0, 'afterEventId', 'a whole number from 0 on', value);
}

/** A job id by PROTOCOL.md section 2. Another is never sent: ten of them would end the connection for all jobs. */
export function checkJobId(jobId: unknown): void {
  const isValid = typeof jobId === 'string' && jobId.length <= 256 && /^[^\p{Cc}\p{Cs}]+$/u.test(jobId);
  check(isValid, 'jobId', 'a string of 1 to 256 characters, no controls', jobId);
}
