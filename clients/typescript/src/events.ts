// The events of a job, as PROTOCOL.md section 4 writes them. tests/protos.types.ts compares these with what the protos generate.

/** Anything JSON can say. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object; a member that isn't there reads as `undefined`. */
export interface JsonObject {
  readonly [member: string]: JsonValue | undefined;
}

/** UTC, `YYYY-MM-DDTHH:mm:ss.fffZ`. */
export type Timestamp = string;

/** The documented event types and what each carries in `data`. A number that isn't finite arrives as `null`. */
export interface JobEventData {
  readonly job_started: { readonly promptId: string; readonly datasetId: string; readonly config: JsonObject };
  readonly iteration_completed: { readonly score: number | null };
  readonly job_paused: { readonly pausedAt: Timestamp; readonly currentIteration: number };
  readonly job_resumed: { readonly resumedAt: Timestamp; readonly resumeFromIteration: number };
  readonly job_completed: { readonly resultPromptId: string; readonly finalScore: number | null };
  readonly job_failed: { readonly error: string; readonly errorStack: string; readonly willRetry: boolean };
  readonly job_cancelled: { readonly cancelledAt: Timestamp; readonly finalIteration: number };
}

export interface JobEventOf<Type extends string, Data> {
  /** Strictly increasing within a job: the cursor. */
  readonly id: number;
  readonly eventType: Type;
  /** 0 before the first. */
  readonly iteration: number;
  /** `''` if none. */
  readonly stage: string;
  readonly data: Data;
  readonly timestamp: Timestamp;
}

/** One of the documented events, by its type. A backend may add members to `data` beside the documented ones. */
export type DocumentedJobEvent<Type extends keyof JobEventData = keyof JobEventData> = {
  readonly [Name in Type]: JobEventOf<Name, JobEventData[Name]>;
}[Type];

/** Any event: documented, of the backend's own, or of a kind this gateway doesn't know (`unknown`). `isEvent` tells which. */
export type JobEvent = JobEventOf<string, JsonObject>;

/**
 * Event types of your backend's own and what each carries in `data`, to be declared by you: nothing checks that the backend keeps to it.
 *
 *     declare module '@optimization-gateway/client' {
 *       interface CustomEventData {
 *         candidate_rejected: { readonly reason: string };
 *       }
 *     }
 */
// biome-ignore lint/suspicious/noEmptyInterface: applications add its members.
export interface CustomEventData {}

type EventData = JobEventData & CustomEventData;

/** Whether the event is of that type, a documented one or one of `CustomEventData`; then TypeScript knows its `data`. */
export function isEvent<Type extends keyof EventData>(event: JobEvent, type: Type): event is JobEvent & JobEventOf<Type, EventData[Type]> {
  return event.eventType === type;
}
