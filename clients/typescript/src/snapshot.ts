import type { GatewayError } from './errors.ts';
import { isEvent, type JobEvent } from './events.ts';
import { type JobProgress, nothingTold, tell } from './state.ts';

/**
 * `idle`: not watched. `subscribing`: asked for. `replaying`: history is on its way. `live`: all there is has come.
 * `stale`: the connection or the backend is away, and what is shown may be old. `ended`: the job has ended and all has come.
 * `error`: it can't go on by itself.
 */
export type JobStatus = 'idle' | 'subscribing' | 'replaying' | 'live' | 'stale' | 'ended' | 'error';

/** Events that can't be had. Nothing more comes until one of the two is called. */
export interface Gap {
  readonly code: 'history_truncated' | 'cursor_ahead' | 'epoch_changed' | 'bad_event';
  readonly message: string;
  /** The cursor that the gateway can't serve. */
  readonly lastEventId: number;
  /** The oldest event there still is, where it is known. */
  readonly earliestEventId: number | null;
  /** The newest event there is, where it is known. */
  readonly latestEventId: number | null;
  /** Goes on with everything that is left, from its beginning. */
  readonly restart: () => void;
  /** Goes on with what comes next: after the bad event where that is the trouble, otherwise from now. */
  readonly skip: () => void;
}

/** What is known of a job without its events. */
export interface JobSummary extends JobProgress {
  /** The newest event. */
  readonly latest: JobEvent | null;
  /** The newest score. */
  readonly score: number | null;
  /** The best score so far: the highest one, or the lowest one if `config.direction` of `job_started` is `minimize`. */
  readonly bestScore: number | null;
  /** How much better the best score is than `config.baselineScore`, below 0 if it is worse; `null` if either isn't known. */
  readonly gain: number | null;
  readonly iteration: number;
  readonly stage: string;
}

/** A job at one moment. Immutable, and the same object until something changes. */
export interface JobSnapshot extends JobSummary {
  readonly jobId: string;
  readonly status: JobStatus;
  /** The newest events, oldest first, at most `maxEvents`. */
  readonly events: readonly JobEvent[];
  /** The cursor: the id of the last event that is in this snapshot, or where the watch began. */
  readonly lastEventId: number;
  /** While `stale`: when it was last heard of, in ms since 1970; `null` if it never was. Otherwise `null`. */
  readonly staleSince: number | null;
  /** The oldest event that the log still has, where older ones are gone. */
  readonly earliestEventId: number | null;
  readonly gap: Gap | null;
  /** Why the status is `error`; while `stale`, what the gateway said of the outage. */
  readonly error: GatewayError | null;
}

export const noSummary: JobSummary = { ...nothingTold, latest: null, score: null, bestScore: null, gain: null, iteration: 0, stage: '' };

export function idleSnapshot(jobId: string): JobSnapshot {
  return {
    ...noSummary,
    jobId,
    status: 'idle',
    events: [],
    lastEventId: 0,
    staleSince: null,
    earliestEventId: null,
    gap: null,
    error: null,
  };
}

/** What is known after one more event. */
export function summarize(before: JobSummary, event: JobEvent): JobSummary {
  const score = scoreOf(event);
  const told = tell(before, event);
  const { direction, baselineScore } = told.started?.config ?? {};
  const minimizes = direction === 'minimize';
  const better = minimizes ? Math.min : Math.max;
  const bestScore = score === null ? before.bestScore : better(score, before.bestScore ?? score);
  return {
    ...told,
    latest: event,
    score: score ?? before.score,
    bestScore,
    gain: typeof baselineScore === 'number' && bestScore !== null ? (bestScore - baselineScore) * (minimizes ? -1 : 1) : null,
    iteration: event.iteration,
    stage: event.stage,
  };
}

/** A backend's own event types are never scores, whatever they carry. */
function scoreOf(event: JobEvent): number | null {
  if (isEvent(event, 'iteration_completed')) return event.data.score;
  return isEvent(event, 'job_completed') ? event.data.finalScore : null;
}
