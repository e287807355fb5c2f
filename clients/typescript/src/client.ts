/// <reference lib="esnext.disposable" preserve="true" />

import { type Batch, createBatch } from './batch.ts';
import { Connection, type ConnectionListener, type ConnectionSnapshot, type ConnectionState } from './connection.ts';
import { Emitter } from './emitter.ts';
import { GatewayError } from './errors.ts';
import type { JobEvent } from './events.ts';
import { Job, type JobHost } from './job.ts';
import { checkCursor, checkNumber, later, whenAborted } from './limits.ts';
import { errorOf, parseServerMessage, type ServerMessage } from './messages.ts';
import type { ClientEvents, GatewayClientOptions, ReplayOptions, WatchOptions } from './options.ts';
import { type ReplayHost, Replays } from './replays.ts';
import { type Settings, settingsOf } from './settings.ts';
import { idleSnapshot, type JobSnapshot } from './snapshot.ts';
import { createRecords, type JobRecords } from './storage.ts';
import type { ReadableStore } from './store.ts';
import { type JobSubscription, Subscription } from './subscription.ts';

/** One connection to a gateway, and the jobs that are watched over it. As a store it is that of the connection. */
export interface GatewayClient extends ReadableStore<ConnectionSnapshot>, AsyncDisposable {
  readonly state: ConnectionState;
  /** Watches a job from now on; `unsubscribe()` what it returns. */
  watch(jobId: string, options?: WatchOptions): JobSubscription;
  /** A job as a store for UI frameworks: it is watched while the store has subscribers. */
  observe(jobId: string, options?: WatchOptions): ReadableStore<JobSnapshot>;
  /** Reads the history of a job once, watched or not, and moves nothing. Survives reconnects. */
  replay(jobId: string, options?: ReplayOptions): Promise<readonly JobEvent[]>;
  /** Tries now: what waits for the next attempt, was closed, or was told to stay away. Jobs go on where they were. */
  connect(): void;
  /** Ends the connection. Nothing reconnects until `connect()`. */
  close(): void;
  /** Asks the gateway for a sign of life now; without one within `keepAlive.timeout` the connection is made anew. */
  ping(): void;
  /** Calls `handler` from now on. Returns how to stop that. */
  on<Name extends keyof ClientEvents>(name: Name, handler: (value: ClientEvents[Name]) => void): () => void;
}

export function createGatewayClient(options: GatewayClientOptions): GatewayClient {
  return new Client(options);
}

/** Puts the parts together. What isn't in GatewayClient is what the parts call: nobody else sees it in the types. */
class Client extends Emitter<ClientEvents> implements GatewayClient, JobHost, ReplayHost, ConnectionListener {
  readonly batch: Batch;
  readonly connection: Connection;
  readonly records: JobRecords;
  readonly settings: Settings;
  readonly #jobs = new Map<string | undefined, Job>();
  /** Jobs whose `unsubscribe` has no answer yet: their places on the connection aren't free. */
  readonly #leaving = new Set<string>();
  readonly #replays: Replays = new Replays(this);
  #requests = 0;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: GatewayClientOptions) {
    super();
    this.settings = settingsOf(options);
    const { on, lazy, signal, storage, batch, url } = this.settings;
    for (const name of ['state', 'error'] as const) if (on?.[name]) this.on(name, on[name] as (value: unknown) => void);
    this.batch = createBatch(batch);
    // Asked each time: reading `sessionStorage` throws where it is forbidden, and that is an event for those who listen by then.
    this.records = createRecords(
      () => storage !== false && (storage ?? globalThis.window?.sessionStorage),
      url,
      (error) => this.emit('error', error),
    );
    this.connection = new Connection(this.settings, this);
    if (lazy === false && !signal?.aborted) this.connect();
    whenAborted(signal, () => this.close());
  }

  get state(): ConnectionState {
    return this.getSnapshot().state;
  }

  readonly getSnapshot = (): ConnectionSnapshot => this.connection.snapshot;
  readonly subscribe = (onChange: () => void): (() => void) => this.on('state', onChange);

  watch(jobId: string, options: WatchOptions = {}): JobSubscription {
    checkWatch(options);
    const known = this.#jobs.get(jobId);
    const job = known ?? new Job(this, jobId, options);
    this.#jobs.set(jobId, job);
    const subscription = new Subscription(job, options);
    if (this.state === 'idle') this.connect();
    // A job that begins while there is no connection hears of it as the others did.
    else if (!known && !this.connection.isOpen && this.state !== 'connecting') job.disconnected();
    return subscription;
  }

  observe(jobId: string, options: WatchOptions = {}): ReadableStore<JobSnapshot> {
    checkWatch(options);
    const idle = idleSnapshot(jobId);
    return {
      getSnapshot: () => this.#jobs.get(jobId)?.view.snapshot ?? idle,
      subscribe: (onChange) => {
        const subscription = this.watch(jobId, options);
        subscription.subscribe(onChange);
        return subscription.unsubscribe;
      },
    };
  }

  replay(jobId: string, { afterEventId = 0, signal }: ReplayOptions = {}): Promise<readonly JobEvent[]> {
    return this.#replays.ask({ jobId, afterEventId, epoch: this.#jobs.get(jobId)?.cursor.epoch, signal });
  }

  connect(): void {
    this.connection.connect();
  }

  close(): void {
    clearTimeout(this.#idleTimer);
    this.connection.close('closed');
    this.hidden();
  }

  ping(): void {
    this.connection.probe();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  anyJob(): string | undefined {
    return this.#jobs.keys().next().value;
  }

  // --- What jobs need ------------------------------------------------------------------------------------------------

  nextRequestId(): string {
    return String(++this.#requests);
  }

  aborted(): unknown {
    return this.settings.signal?.reason ?? new GatewayError('aborted', 'the client was closed');
  }

  released(job: Job): void {
    this.#jobs.delete(job.jobId);
    this.rest();
  }

  need(): void {
    clearTimeout(this.#idleTimer);
    if (this.state === 'idle') this.connect();
  }

  /** A lazy client lets go of a connection that nobody needs. */
  rest(): void {
    const { lazy, idleTimeout } = this.settings;
    const close = (): void => {
      if (this.#jobs.size === 0 && this.#replays.isIdle) this.connection.close('idle');
    };
    clearTimeout(this.#idleTimer);
    if (lazy !== false && this.connection.isWanted) this.#idleTimer = later(close, idleTimeout);
  }

  unsubscribe(jobId: string): void {
    this.#leaving.add(jobId);
    this.connection.send({ type: 'unsubscribe', jobId });
  }

  admit(): void {
    if (!this.connection.isOpen) return;
    const taken = new Set(this.#leaving);
    for (const { jobId, isUpstream } of this.#jobs.values()) if (isUpstream) taken.add(jobId);
    for (const job of this.#jobs.values()) {
      if (!job.isWaiting || (taken.size >= this.settings.maxSubscriptions && !taken.has(job.jobId))) continue;
      taken.add(job.jobId);
      job.subscribe();
    }
  }

  // --- What the connection tells -------------------------------------------------------------------------------------

  opened(): void {
    for (const job of this.#jobs.values()) job.connected();
    this.admit();
    this.#replays.next();
  }

  received(frame: unknown): void {
    const message = parseServerMessage(frame);
    if (!message) return this.emit('error', new GatewayError('invalid_server_message', 'not a message'));
    this.#take(message);
    if (message.type === 'unsubscribed' && this.#leaving.delete(message.jobId)) this.#replays.again(message.jobId);
    if (message.type === 'unsubscribed' || message.type === 'error') this.admit();
  }

  #take(message: ServerMessage): void {
    if (this.#replays.take(message)) return;
    if (message.type === 'replay' && message.requested) return;
    const job = this.#jobs.get(message.jobId) ?? [...this.#jobs.values()].find((other) => other.awaits(message.requestId));
    if (job?.take(message) || message.type !== 'error') return;
    const error = errorOf(message);
    this.emit('error', error);
    if (message.jobId || !message.retryable) return;
    // Too many messages: which one was dropped isn't said, so it may be any that has no answer yet.
    for (const other of this.#jobs.values()) other.take(message);
    this.#leaving.clear();
    this.#replays.fail(error);
  }

  lost(): void {
    this.#leaving.clear();
    if (this.connection.isWanted) this.#replays.again();
    else this.#replays.fail(this.aborted(), true);
    for (const job of this.#jobs.values()) job.disconnected();
  }

  /** Shows and stores what has come. */
  hidden(): void {
    this.batch.flush();
    for (const job of this.#jobs.values()) job.view.save();
  }
}

function checkWatch({ afterEventId = 0, maxEvents = 1 }: WatchOptions): void {
  if (afterEventId !== 'stored' && afterEventId !== 'latest') checkCursor(afterEventId);
  checkNumber('maxEvents', maxEvents, 1);
}
