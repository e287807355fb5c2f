/// <reference lib="esnext.disposable" preserve="true" />

import { defaultBackoff } from './backoff.ts';
import { Batch } from './batch.ts';
import { Connection, type ConnectionListener, type ConnectionSnapshot, type ConnectionState } from './connection.ts';
import { Emitter } from './emitter.ts';
import { GatewayError } from './errors.ts';
import { errorOf, Job, type JobHost } from './job.ts';
import { parseServerMessage } from './messages.ts';
import type { ClientEvents, GatewayClientOptions, WatchOptions } from './options.ts';
import { Replays } from './replays.ts';
import { idleSnapshot, type JobSnapshot } from './snapshot.ts';
import { JobRecords } from './storage.ts';
import type { ReadableStore } from './store.ts';
import { type JobSubscription, Subscription } from './subscription.ts';

/** One connection to a gateway, and the jobs that are watched over it. As a store it is that of the connection. */
export interface GatewayClient extends ReadableStore<ConnectionSnapshot>, AsyncDisposable {
  readonly state: ConnectionState;
  /** Watches a job from now on; `unsubscribe()` what it returns. */
  watch(jobId: string, options?: WatchOptions): JobSubscription;
  /** A job as a store for UI frameworks: it is watched while the store has subscribers. */
  observe(jobId: string, options?: WatchOptions): ReadableStore<JobSnapshot>;
  /** Connects now; also after `close()` and after a final close by the gateway. Jobs go on where they were. */
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
class Client extends Emitter<ClientEvents> implements GatewayClient, JobHost, ConnectionListener {
  readonly batch: Batch;
  readonly connection: Connection;
  readonly records: JobRecords;
  readonly #options: GatewayClientOptions;
  readonly #jobs = new Map<string | undefined, Job>();
  readonly #replays = new Replays(this);
  #requests = 0;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: GatewayClientOptions) {
    super();
    this.#options = options;
    const { on, reconnect, keepAlive, lazy, signal, storage } = options;
    if (on?.state) this.on('state', on.state);
    if (on?.error) this.on('error', on.error);
    const url = absolute(options.url);
    this.batch = new Batch(options.batch ?? 'frame');
    // Asked each time: reading `sessionStorage` throws where it is forbidden, and that is an event for those who listen by then.
    this.records = new JobRecords(() => storage !== false && (storage ?? globalThis.window?.sessionStorage), url, this);
    this.connection = new Connection(
      {
        ...options,
        url,
        reconnect: reconnect !== false && { ...defaultBackoff, ...reconnect },
        keepAlive: keepAlive !== false && { interval: 15_000, timeout: 10_000, ...keepAlive },
        // On a server there may be none, nor any need of one.
        WebSocket: options.WebSocket ?? globalThis.WebSocket,
        networkEvents: options.networkEvents !== false,
      },
      this,
    );
    signal?.addEventListener('abort', () => this.close(), { once: true });
    if (signal?.aborted) this.close();
    else if (lazy === false) this.connect();
  }

  get state(): ConnectionState {
    return this.getSnapshot().state;
  }

  readonly getSnapshot = (): ConnectionSnapshot => this.connection.snapshot;
  readonly subscribe = (onChange: () => void): (() => void) => this.on('state', onChange);

  watch(jobId: string, options: WatchOptions = {}): JobSubscription {
    const known = this.#jobs.get(jobId);
    const job = known ?? new Job(this, jobId, options);
    this.#jobs.set(jobId, job);
    clearTimeout(this.#idleTimer);
    const subscription = new Subscription(job, this.#replays, options);
    if (this.state === 'idle') this.connect();
    // A job that begins while there is no connection hears of it as the others did.
    else if (!known && !this.connection.isOpen && this.state !== 'connecting') job.disconnected();
    return subscription;
  }

  observe(jobId: string, options?: WatchOptions): ReadableStore<JobSnapshot> {
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

  // --- What jobs need ------------------------------------------------------------------------------------------------

  nextRequestId(): string {
    return String(++this.#requests);
  }

  released(job: Job): void {
    this.#jobs.delete(job.jobId);
    if (this.#jobs.size === 0 && this.#options.lazy !== false && this.connection.isWanted)
      this.#idleTimer = setTimeout(() => this.connection.close('idle'), this.#options.idleTimeout ?? 30_000);
  }

  // --- What the connection tells -------------------------------------------------------------------------------------

  opened(): void {
    for (const job of this.#jobs.values()) job.connected();
    this.#replays.askAgain();
  }

  received(frame: unknown): void {
    const message = parseServerMessage(frame);
    if (!message) return this.emit('error', new GatewayError('invalid_server_message', 'not a message'));
    if (this.#replays.take(message)) return;
    if (message.type === 'replay' && message.requested) return;
    const job = this.#jobs.get(message.jobId) ?? [...this.#jobs.values()].find((other) => other.awaits(message.requestId));
    if (job?.take(message) || message.type !== 'error') return;
    const error = errorOf(message);
    this.emit('error', error);
    if (message.jobId || !message.retryable) return;
    // Too many messages: which one was dropped isn't said, so it may be any that has no answer yet.
    for (const other of this.#jobs.values()) other.take(message);
    this.#replays.abort(undefined, error);
  }

  lost(): void {
    if (!this.connection.isWanted) this.#replays.abort();
    for (const job of this.#jobs.values()) job.disconnected();
  }

  /** Shows and stores what has come. */
  hidden(): void {
    this.batch.flush();
    for (const job of this.#jobs.values()) job.view.save();
  }
}

/** Relative to the page, and ws for http. Where a server renders there is no page to be relative to, and nothing is dialled either. */
function absolute(url: string | URL): string {
  const resolved = new URL(url, globalThis.location?.href ?? 'http://no-page.invalid');
  resolved.protocol = resolved.protocol.replace('http', 'ws');
  return resolved.href;
}
