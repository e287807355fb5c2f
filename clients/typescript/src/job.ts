import { type BackoffOptions, backoffDelay } from './backoff.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './connection.ts';
import { Cursor } from './cursor.ts';
import { GatewayError } from './errors.ts';
import type { JobEvent } from './events.ts';
import { gapOf } from './gap.ts';
import { checkJobId } from './limits.ts';
import { type ErrorMessage, errorOf, eventsIn, type ReplayMessage, type ServerMessage, type SubscribedMessage } from './messages.ts';
import type { ReplayOptions, WatchOptions } from './options.ts';
import { confirmed, type Phase, settled } from './phase.ts';
import type { JobSnapshot } from './snapshot.ts';
import type { JobRecord, JobRecords } from './storage.ts';
import { JobView, type Watcher } from './view.ts';

/** What a job needs of the client. */
export interface JobHost {
  readonly connection: Pick<Connection, 'isOpen' | 'isWanted' | 'final' | 'heardAt' | 'send'>;
  /** What is to land with the next batch. */
  readonly batch: Pick<Batch, 'add'>;
  readonly records: JobRecords;
  /** How long to wait before what was refused is tried again. */
  readonly settings: BackoffOptions;
  nextRequestId(): string;
  replay(jobId: string, options: ReplayOptions): Promise<readonly JobEvent[]>;
  /** Why nothing comes of a client that is closed. */
  aborted(): unknown;
  /** Lets jobs subscribe for which there is a place. */
  admit(): void;
  /** Ends the subscription of a job upstream. */
  unsubscribe(jobId: string): void;
  /** Nobody watches the job any more. */
  released(job: Job): void;
}

/** As many events may wait for the next batch; a hidden tab's can be long in coming. */
const mostPending = 5_000;

export class Job {
  readonly jobId: string;
  readonly view: JobView;
  readonly host: JobHost;
  readonly #watchers = new Set<Watcher>();
  readonly cursor: Cursor = new Cursor();
  #phase: Phase = 'new';
  readonly #start: number | 'stored' | 'latest';
  #requestId = '';
  /** When it was last known how it stands; `null` before the gateway has ever confirmed it. */
  #heardAt: number | null = null;
  #refusals = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #releaseTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: JobHost, jobId: string, { afterEventId = 0 }: WatchOptions) {
    this.host = host;
    this.jobId = jobId;
    this.view = new JobView(jobId, host.records, this.cursor);
    this.#start = afterEventId;
  }

  // --- Who watches ---------------------------------------------------------------------------------------------------

  join(watcher: Watcher, maxEvents: number, persist: boolean): void {
    clearTimeout(this.#releaseTimer);
    this.#watchers.add(watcher);
    this.view.maxEvents = Math.max(this.view.maxEvents, maxEvents);
    this.view.persist ||= persist;
    if (this.#phase !== 'new') return;
    this.#phase = 'loading';
    if (persist) this.host.records.load(this.jobId, (record) => this.#begin(record));
    else this.#begin();
  }

  #begin(record?: JobRecord): void {
    if (this.#phase !== 'loading') return;
    if (this.#start === 'stored') this.cursor.startAt(record?.lastEventId, record?.epoch);
    else this.cursor.askFrom(this.#start);
    this.view.seed(record);
    this.#wait();
  }

  /** The last one's going is heeded in the next task, so that a component that is mounted anew at once finds everything as it was. */
  part(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    if (this.#watchers.size === 0) this.#releaseTimer = setTimeout(() => this.#release());
  }

  #release(): void {
    if (this.isUpstream) this.host.unsubscribe(this.jobId);
    this.#enter('released', { status: 'idle' });
    this.land();
    this.view.save();
    this.host.released(this);
  }

  // --- The connection ------------------------------------------------------------------------------------------------

  connected(): void {
    // Another connection has another token.
    if (this.view.draft.error?.code === 'unauthorized') this.resume();
  }

  /** Whether it wants to subscribe, and may as soon as there is a place. */
  get isWaiting(): boolean {
    return this.#phase === 'away';
  }

  /** Whether it takes a place on the connection. */
  get isUpstream(): boolean {
    return this.#phase === 'opening' || this.#isConfirmed;
  }

  /** It comes back by itself, or was closed: on purpose, or for a reason. */
  disconnected(): void {
    const { isWanted, final } = this.host.connection;
    if (settled.includes(this.#phase)) return;
    this.#enter('away', isWanted ? { status: 'stale' } : { status: final ? 'error' : 'idle', error: final });
  }

  /** Whether an answer with this id is for this job's own `subscribe`. */
  awaits(requestId: string | undefined): boolean {
    return this.#phase === 'opening' && requestId === this.#requestId;
  }

  /** Tries again after an error, where it was. */
  resume(): void {
    if (this.#phase === 'failed' || this.#phase === 'refused') this.#wait();
  }

  // --- Messages ------------------------------------------------------------------------------------------------------

  /** Returns whether it was for the subscription; what an earlier one still had under way isn't, and is dropped. */
  take(message: ServerMessage): boolean {
    const isAnswer = message.type === 'subscribed' || this.#phase === 'opening';
    // Other answers belong to an earlier request. A gateway that doesn't echo ids is believed.
    if (isAnswer ? !this.awaits(message.requestId ?? this.#requestId) : !this.#isConfirmed) return false;
    if (message.type === 'error') return (isAnswer || message.subscription !== 'untouched') && this.#failed(message);
    if (message.type === 'subscribed') this.#subscribed(message);
    else if (!isAnswer) this.#follow(message);
    return true;
  }

  /** Takes what comes of a subscription that is confirmed. */
  #follow(message: ServerMessage): void {
    const events = eventsIn(message);
    if (events) this.#receive(events, !(message as ReplayMessage).hasMore);
    if (message.type !== 'unsubscribed') return;
    if (message.reason === 'job_ended') this.#enter('ended', { status: 'ended' });
    // The error that came before has said why; this is for the case that it didn't.
    if (message.reason === 'failed') this.#fail(new GatewayError('backend_error', 'the subscription ended'));
  }

  get #isConfirmed(): boolean {
    return confirmed.includes(this.#phase);
  }

  #subscribed(message: SubscribedMessage): void {
    const { epoch, lastEventId, earliestEventId } = message;
    this.#refusals = 0;
    const status = this.cursor.subscribed(epoch, lastEventId);
    if (!status) {
      this.host.unsubscribe(this.jobId);
      return this.#fail(new GatewayError('epoch_changed', 'the history is a new one'));
    }
    this.view.belongsTo(message);
    this.#enter(status, { status, earliestEventId: earliestEventId ?? null, lastEventId: this.cursor.seen });
  }

  /** The cursor moves before anybody hears of the events: whatever a handler does, they are behind us. */
  #receive(events: readonly JobEvent[], isLive: boolean): void {
    for (const event of events) if (this.cursor.advance(event.id)) this.view.pending.push(event);
    if (isLive && this.#phase !== 'live') this.#enter('live', { status: 'live' });
    this.host.batch.add(this.land);
    if (this.view.pending.length >= mostPending) this.land();
  }

  #failed(message: ErrorMessage): true {
    const error = errorOf(message);
    if (message.subscription === 'kept') this.#enter('outage', { status: 'stale', error });
    else if (message.retryable || error.code === 'too_many_subscriptions') {
      // Where there is no place it waits for one, without complaint.
      if (message.retryable) this.#enter('refused', { status: 'stale', error });
      else this.#enterUnconfirmed('refused');
      this.#retryTimer = setTimeout(() => this.#wait(), backoffDelay(this.#refusals++, this.host.settings));
    } else this.#fail(error);
    return true;
  }

  #fail(error: GatewayError): void {
    const gap = gapOf(error, this.cursor.seen, (...way) => this.view.draft.gap === gap && this.#leaveGap(...way));
    this.#enter('failed', { status: 'error', error, gap });
  }

  #leaveGap(from: number | 'latest', startsOver: boolean): void {
    this.land();
    if (startsOver) {
      this.view.startOver();
      this.cursor.startAt();
    }
    this.cursor.askFrom(from);
    this.resume();
  }

  // --- Phases --------------------------------------------------------------------------------------------------------

  /** Only for the host, which knows whether there is a place. */
  subscribe(): void {
    const { after, epoch } = this.cursor;
    this.#requestId = this.host.nextRequestId();
    this.#enterUnconfirmed('opening');
    this.host.connection.send({ type: 'subscribe', jobId: this.jobId, afterEventId: after, epoch, requestId: this.#requestId });
  }

  /** Subscribes as soon as there is a connection and a place on it. */
  #wait(): void {
    try {
      checkJobId(this.jobId);
    } catch (error) {
      return this.#fail(error as GatewayError);
    }
    this.#enterUnconfirmed('away');
    this.host.admit();
  }

  /** Until it is confirmed, what was stale still is. */
  #enterUnconfirmed(phase: Phase): void {
    this.#enter(phase, { status: this.view.draft.status === 'stale' ? 'stale' : 'subscribing' });
  }

  /** Nothing stays stale or wrong of itself: who enters says if it does. */
  #enter(phase: Phase, changes: Partial<JobSnapshot> & Pick<JobSnapshot, 'status'>): void {
    clearTimeout(this.#retryTimer);
    if (this.#phase === 'live' || this.#phase === 'replaying') this.#heardAt = this.host.connection.heardAt;
    this.#phase = phase;
    const staleSince = changes.status === 'stale' ? this.#heardAt : null;
    this.view.change({ error: null, gap: null, ...changes, staleSince });
    this.host.batch.add(this.land);
  }

  /** Lets those who watch see what has come since the last batch. */
  readonly land = (): void => {
    const before = this.view.snapshot;
    const events = this.view.land();
    if (events) for (const watcher of [...this.#watchers]) watcher.landed(events, before, this.view.snapshot);
  };
}
