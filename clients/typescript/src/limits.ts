import { GatewayError } from './errors.ts';

/** The longest delay that timers can hold, in ms; a longer one would be over at once. */
const longestDelay = 2 ** 31 - 1;

/** Calls `act` after `ms`; never where that is longer than timers can hold (24.8 days) or `Infinity`. */
export function later(act: () => void, ms: number): ReturnType<typeof setTimeout> | undefined {
  return ms <= longestDelay ? setTimeout(act, ms) : undefined;
}

/** Throws where `value` isn't such a number. JSON and timers would make something else of it without a word. */
export function checkNumber(name: string, value: unknown, least: number, isWhole?: boolean): void {
  if (typeof value === 'number' && value >= least && (!isWhole || Number.isSafeInteger(value))) return;
  throw invalid(name, `a ${isWhole ? 'whole ' : ''}number from ${least} on`, value);
}

/** What is wrong with a job id by PROTOCOL.md section 2. Such a one is never sent: ten of them would end the connection for all jobs. */
export function faultOf(jobId: unknown): GatewayError | undefined {
  const isValid = typeof jobId === 'string' && jobId.length <= 256 && /^[^\p{Cc}\p{Cs}]+$/u.test(jobId);
  return isValid ? undefined : invalid('jobId', 'a string of 1 to 256 characters without control characters', jobId);
}

export function invalid(name: string, rule: string, value: unknown): GatewayError {
  return new GatewayError('invalid_argument', `${name} must be ${rule}, not the ${typeof value} ${String(value)}`);
}
