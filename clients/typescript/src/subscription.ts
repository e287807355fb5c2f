import { Emitter } from './emitter.ts';
import type { GatewayError } from './errors.ts';
import type { JobEvent } from './events.ts';
import { eventsOf } from './iterate.ts';
import type { Job, Watcher } from './job.ts';
import type { WatchOptions } from './options.ts';
import type { Replays } from './replays.ts';
import type { Gap, JobSnapshot, JobStatus } from './snapshot.ts';
import type { ReadableStore } from './store.ts';

/** What can be heard of a job. A batch lands first; then these come in this order. */
export interface JobEvents {
  /** Each event. */
  readonly event: JobEvent;
  /** The events of one batch, at least one. */
  readonly events: readonly JobEvent[];
  readonly status: JobStatus;
  /** Events can't be had; `restart()` or `skip()` goes on. */
  readonly gap: Gap;
  readonly error: GatewayError;
  /** The job has ended and everything has come: its last event, if it was seen. */
  readonly completed: JobEvent | null;
}

/** One watcher of a job. Several of the same job share one subscription upstream. */
export interface JobSubscription extends ReadableStore<JobSnapshot>, AsyncIterable<JobEvent> {
  readonly jobId: string;
  /** Calls `handler` from now on. Returns how to stop that. */
  on<Name extends keyof JobEvents>(name: Name, handler: (value: JobEvents[Name]) => void): () => void;
  /** Reads history once, without moving anything. Survives reconnects. */
  replay(afterEventId?: number): Promise<readonly JobEvent[]>;
  /** Tries again after an error, where it was. */
  resume(): void;
  /** Stops watching. The last of a job's watchers ends the subscription upstream. */
  unsubscribe(): void;
  /** The events that the snapshot has and all that follow, until the job ends. Leaving the loop unsubscribes. */
  [Symbol.asyncIterator](): AsyncGenerator<JobEvent, void, undefined>;
}

const defaultMaxEvents = 10_000;

export class Subscription implements JobSubscription, Watcher {
  readonly #job: Job;
  readonly #replays: Replays;
  readonly #emitter = new Emitter<JobEvents & { readonly change: undefined }>();
  readonly #stopped = new AbortController();

  constructor(job: Job, replays: Replays, { maxEvents = defaultMaxEvents, persist = true, signal }: WatchOptions) {
    this.#job = job;
    this.#replays = replays;
    if (signal?.aborted) this.unsubscribe();
    else job.join(this, maxEvents, persist);
    signal?.addEventListener('abort', () => this.unsubscribe(), { signal: this.#stopped.signal });
  }

  get jobId(): string {
    return this.#job.jobId;
  }

  get isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  readonly getSnapshot = (): JobSnapshot => this.#job.view.snapshot;

  readonly subscribe = (onChange: () => void): (() => void) => this.#emitter.on('change', onChange);

  on<Name extends keyof JobEvents>(name: Name, handler: (value: JobEvents[Name]) => void): () => void {
    return this.#emitter.on<keyof JobEvents>(name, handler as (value: JobEvents[keyof JobEvents]) => void);
  }

  replay(afterEventId = 0): Promise<readonly JobEvent[]> {
    return this.#replays.ask(this.jobId, afterEventId, this.#stopped.signal);
  }

  resume(): void {
    if (!this.isStopped) this.#job.resume();
  }

  unsubscribe(): void {
    if (this.isStopped) return;
    this.#stopped.abort();
    this.#job.part(this);
    // Whoever waits for a change must learn that there will be none.
    this.#emitter.emit('change', undefined);
    this.#emitter.clear();
  }

  [Symbol.asyncIterator](): AsyncGenerator<JobEvent, void, undefined> {
    return eventsOf(this, this.#job.view);
  }

  landed(events: readonly JobEvent[], before: JobSnapshot, after: JobSnapshot): void {
    const emitter = this.#emitter;
    for (const event of events) emitter.emit('event', event);
    if (events.length > 0) emitter.emit('events', events);
    for (const name of ['status', 'gap', 'error'] as const) {
      const value = after[name];
      if (value && value !== before[name]) emitter.emit<'status' | 'gap' | 'error'>(name, value);
    }
    if (after.status === 'ended' && before.status !== 'ended') emitter.emit('completed', after.latest);
    emitter.emit('change', undefined);
  }
}
