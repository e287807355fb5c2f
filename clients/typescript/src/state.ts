import { isEvent, type JobEvent, type JobEventData, type JsonObject, type Timestamp } from './events.ts';

/**
 * `queued`: the log has told nothing yet, and is known from its beginning. `running`; also after a failure that is tried again.
 * `paused`. `completed`, `failed`, `cancelled`: the job has ended, for good. `unknown`: no event that has come tells it.
 */
export type JobState = 'queued' | 'running' | 'paused' | 'completed' | 'failed' | 'cancelled' | 'unknown';

/** The `data` of a documented event, with what the backend has added to it. */
export type EventDataOf<Type extends keyof JobEventData> = JobEventData[Type] & JsonObject;

/** What the events of a job tell of it as a whole. */
export interface JobProgress {
  /** What the job was doing when it was last heard of; `status` says how old that is. */
  readonly state: JobState;
  /** What the newest `job_started` said, and when the first one was; `null` if none has come. */
  readonly started: (EventDataOf<'job_started'> & { readonly startedAt: Timestamp }) | null;
  /** What `job_completed` said; otherwise `null`. */
  readonly result: EventDataOf<'job_completed'> | null;
  /** What `job_failed` said: of a failed job, or, with `willRetry`, of one that hasn't gone on since. Otherwise `null`. */
  readonly failure: EventDataOf<'job_failed'> | null;
}

export const nothingTold: JobProgress = { state: 'unknown', started: null, result: null, failure: null };

/** A map, since an event of the backend's own may be called `constructor`. */
const stateAfter: ReadonlyMap<string, JobState> = new Map([
  ['job_started', 'running'],
  ['iteration_completed', 'running'],
  ['job_paused', 'paused'],
  ['job_resumed', 'running'],
  ['job_completed', 'completed'],
  ['job_failed', 'failed'],
  ['job_cancelled', 'cancelled'],
]);

/** What is told after one more event. Only documented events tell anything, and each is believed, whatever came before. */
export function tell(before: JobProgress, event: JobEvent): JobProgress {
  const state = stateAfter.get(event.eventType);
  if (!state) return before;
  const failure = isEvent(event, 'job_failed') ? event.data : null;
  return {
    // A job that will be tried again hasn't ended: PROTOCOL.md section 4.
    state: failure?.willRetry ? 'running' : state,
    started: isEvent(event, 'job_started') ? { ...event.data, startedAt: before.started?.startedAt ?? event.timestamp } : before.started,
    result: isEvent(event, 'job_completed') ? event.data : null,
    failure,
  };
}

/** What a job that has ended can't be. */
export const isUnderWay = (state: JobState): boolean => ['queued', 'running', 'paused'].includes(state);
