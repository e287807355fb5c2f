// Compiled, never run: `tsc -p tests` fails where our hand-written types and what the protos generate differ.

import type { JobEvent, JobEventData, JsonObject, JsonValue } from '../src/index.ts';
import type { SubscribedMessage } from '../src/messages.ts';
import type {
  IterationCompletedJson,
  JobCancelledJson,
  JobCompletedJson,
  JobEventJson,
  JobFailedJson,
  JobPausedJson,
  JobResumedJson,
  JobStartedJson,
  SubscribedJson,
} from './generated/optimization/v1/optimizer_pb.ts';

/** `true` only for two types that are the same; assignability both ways would let `any` and optional members through. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Expect<T extends true> = T;

/** What section 4 makes of protobuf-JSON: every member there, doubles as numbers or null, objects as objects. */
type Translated<Member> = [Member] extends [string | boolean | number]
  ? number extends Member
    ? 'NaN' extends Member
      ? number | null
      : number
    : Member
  : Readonly<Record<string, JsonValue | undefined>>;
type Documented<Payload> = { readonly [Name in keyof Payload]-?: Translated<NonNullable<Payload[Name]>> };
/** The same without the name of our interface for JSON objects. */
type Plain<Data> = {
  readonly [Name in keyof Data]: Data[Name] extends JsonObject ? Readonly<Record<string, JsonValue | undefined>> : Data[Name];
};

interface Generated {
  readonly job_started: JobStartedJson;
  readonly iteration_completed: IterationCompletedJson;
  readonly job_paused: JobPausedJson;
  readonly job_resumed: JobResumedJson;
  readonly job_completed: JobCompletedJson;
  readonly job_failed: JobFailedJson;
  readonly job_cancelled: JobCancelledJson;
}

type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : Name;

export type Checks = [
  Expect<Same<Plain<JobEventData['job_started']>, Documented<Generated['job_started']>>>,
  Expect<Same<Plain<JobEventData['iteration_completed']>, Documented<Generated['iteration_completed']>>>,
  Expect<Same<Plain<JobEventData['job_paused']>, Documented<Generated['job_paused']>>>,
  Expect<Same<Plain<JobEventData['job_resumed']>, Documented<Generated['job_resumed']>>>,
  Expect<Same<Plain<JobEventData['job_completed']>, Documented<Generated['job_completed']>>>,
  Expect<Same<Plain<JobEventData['job_failed']>, Documented<Generated['job_failed']>>>,
  Expect<Same<Plain<JobEventData['job_cancelled']>, Documented<Generated['job_cancelled']>>>,
  Expect<Same<keyof JobEventData, keyof Generated>>,
  // Each documented type is a payload of the event's oneof, and there is no other but `custom`.
  Expect<
    Same<
      Exclude<keyof JobEventJson, 'id' | 'iteration' | 'stage' | 'timestamp' | 'details' | 'previousId' | 'custom'>,
      Camel<keyof JobEventData>
    >
  >,
  Expect<Same<Exclude<keyof JobEvent, 'eventType' | 'data'>, 'id' | 'iteration' | 'stage' | 'timestamp'>>,
  // `ended` becomes `unsubscribed`; the rest is said by the same names.
  Expect<Same<Exclude<keyof SubscribedMessage, 'type' | 'jobId' | 'requestId'>, Exclude<keyof SubscribedJson, 'ended'>>>,
];
