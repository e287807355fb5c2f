import { Emitter } from './emitter.ts';
import { GatewayError } from './errors.ts';
import type { JobEvent } from './events.ts';
import { eventsOf } from './iterate.ts';
import type { Job } from './job.ts';
import { whenAborted } from './limits.ts';
import type { WatchOptions } from './options.ts';
import type { Gap, JobSnapshot, JobStatus } from './snapshot.ts';
import type { ReadableStore } from './store.ts';
import type { Watcher } from './view.ts';

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
  /** Reads this job's history once, without moving anything. Survives reconnects; ends with the subscription. */
  replay(afterEventId?: number): Promise<readonly JobEvent[]>;
  /** Tries again after an error, where it was. */
  resume(): void;
  /** Stops watching. The last of a job's watchers ends the subscription upstream. */
  unsubscribe(): void;
  /**
   * The events that the snapshot has and all that follow, until the job ends. Leaving the loop unsubscribes. Where anything else ends it, it
   * throws: the signal's reason, what went wrong, or `aborted` after `unsubscribe()` and `close()`.
   */
  [Symbol.asyncIterator](): AsyncGenerator<JobEvent, void, undefined>;
}

/** What isn't in JobSubscription is what the parts call. */
export class Subscription extends Emitter<JobEvents & { readonly change: undefined }> implements JobSubscription, Watcher {
  readonly #job: Job;
  readonly #life = new AbortController();

  constructor(job: Job, { maxEvents = 10_000, persist = true, signal }: WatchOptions) {
    super();
    this.#job = job;
    if (!signal?.aborted) job.join(this, maxEvents, persist);
    whenAborted(signal, () => this.#end(signal?.reason), this.life);
  }

  /** Aborted when nothing more comes, with the reason. */
  get life(): AbortSignal {
    return this.#life.signal;
  }

  get jobId(): string {
    return this.#job.jobId;
  }

  readonly getSnapshot = (): JobSnapshot => this.#job.view.snapshot;

  readonly subscribe = (onChange: () => void): (() => void) => this.on('change', onChange);

  replay(afterEventId = 0): Promise<readonly JobEvent[]> {
    return this.#job.host.replay(this.jobId, { afterEventId, signal: this.life });
  }

  resume(): void {
    if (!this.life.aborted) this.#job.resume();
  }

  readonly unsubscribe = (): void => this.#end(new GatewayError('aborted', 'unsubscribed'));

  #end(reason: unknown): void {
    if (this.life.aborted) return;
    this.#life.abort(reason);
    this.#job.part(this);
    // Whoever waits for a change must learn that there will be none.
    this.emit('change', undefined);
    this.clear();
  }

  [Symbol.asyncIterator](): AsyncGenerator<JobEvent, void, undefined> {
    return eventsOf(this, this.#job);
  }

  landed(events: readonly JobEvent[], before: JobSnapshot, after: JobSnapshot): void {
    for (const event of events) this.emit('event', event);
    if (events.length > 0) this.emit('events', events);
    for (const name of ['status', 'gap', 'error'] as const) {
      const value = after[name];
      if (value && value !== before[name]) this.emit<'status' | 'gap' | 'error'>(name, value);
    }
    if (after.status === 'ended' && before.status !== 'ended') this.emit('completed', after.latest);
    this.emit('change', undefined);
  }
}
