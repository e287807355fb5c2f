import type { Cursor } from './cursor.ts';
import type { JobEvent } from './events.ts';
import type { SubscribedMessage } from './messages.ts';
import { idleSnapshot, type JobSnapshot, noSummary, summarize } from './snapshot.ts';
import { isUnderWay, type JobState, nothingTold } from './state.ts';
import type { JobRecord, JobRecords } from './storage.ts';

/** A cursor is stored at most this often. */
const saveEveryMs = 250;

/** One who watches. Several may watch one job. */
export interface Watcher {
  landed(events: readonly JobEvent[], before: JobSnapshot, after: JobSnapshot): void;
}

/** What those who watch a job see: changes gather in a draft, and land together as the next snapshot. */
export class JobView {
  snapshot: JobSnapshot;
  /** The id of the newest event that `maxEvents` has pushed out of the snapshot. */
  droppedId = 0;
  /** How often the snapshot began anew. */
  restarts = 0;
  /** The most that any watcher wants. */
  maxEvents = 1;
  /** Whether any watcher wants it stored. */
  persist = false;
  draft: JobSnapshot;
  pending: JobEvent[] = [];

  readonly #records: JobRecords;
  readonly #cursor: Cursor;
  #saveTimer: ReturnType<typeof setTimeout> | undefined;
  /** What the storage had. */
  #record: JobRecord | undefined;
  /** What it doesn't have yet. */
  #unsaved: JobRecord | undefined;
  /** What the job was before the first event that follows. */
  #first: JobState = 'unknown';

  constructor(jobId: string, records: JobRecords, cursor: Cursor) {
    this.#cursor = cursor;
    this.#records = records;
    this.snapshot = this.draft = { ...idleSnapshot(jobId), status: 'subscribing' };
  }

  /** To be seen with the next `land`. */
  change(changes: Partial<JobSnapshot>): void {
    this.draft = { ...this.draft, ...changes };
  }

  /** Shows what the storage knows, until the events it was made from come. */
  seed(record: JobRecord | undefined): void {
    this.#record = record;
    this.change({ ...record?.summary, lastEventId: this.#cursor.seen });
    this.snapshot = this.draft;
  }

  /** What was stored of another log is no part of this one. The state isn't known where events that may have changed it don't follow. */
  belongsTo({ epoch, lastEventId, earliestEventId = 0 }: SubscribedMessage): void {
    const { after, seen } = this.#cursor;
    if (this.#record?.epoch && epoch && this.#record.epoch !== epoch) this.#forget();
    this.#first = after === 0 && earliestEventId < 2 ? 'queued' : 'unknown';
    const { latest, started } = this.draft;
    // What hasn't landed yet has come.
    const known = (this.pending.at(-1) ?? latest)?.id ?? 0;
    const start = after === 0 ? Math.max(seen, earliestEventId) : (after ?? Number.POSITIVE_INFINITY);
    if (start > known) this.change({ ...nothingTold, started });
    if (lastEventId === 0) this.change({ state: this.#first });
  }

  /** What was shown is of another log, or may be: it isn't mixed with what comes. */
  startOver(): void {
    this.#forget();
    this.droppedId = 0;
    this.restarts++;
    this.change({ events: [], lastEventId: 0 });
  }

  /** Makes what has gathered the snapshot. Returns the events that came with it; `undefined` if nothing has changed. */
  land(): readonly JobEvent[] | undefined {
    const events = this.pending;
    this.pending = [];
    if (events.length > 0) this.#add(events);
    const { status, state } = this.draft;
    if (status === 'ended' && isUnderWay(state)) this.change({ state: 'unknown' });
    if (this.draft === this.snapshot) return undefined;
    this.snapshot = this.draft;
    return events;
  }

  /** Stores what has landed, never what is only on its way, and never an older cursor than is there already. */
  save(): void {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = undefined;
    const record = this.#unsaved;
    this.#unsaved = undefined;
    if (record && record.lastEventId >= (this.#record?.lastEventId ?? 0)) this.#records.save(this.snapshot.jobId, record);
  }

  #add(events: readonly JobEvent[]): void {
    const all = [...this.draft.events, ...events];
    const surplus = Math.max(0, all.length - this.maxEvents);
    this.droppedId = all[surplus - 1]?.id ?? this.droppedId;
    // A stored summary gives way to the events it was made from; its best score and start stand, they are of the same log.
    const anew = this.draft.events.length === 0 && (this.#first === 'queued' || (events[0]?.id ?? 0) <= (this.#record?.lastEventId ?? 0));
    const { bestScore, started } = this.draft;
    const known = anew ? { ...noSummary, state: this.#first, bestScore, started } : this.draft;
    const summary = events.reduce(summarize, known);
    const lastEventId = all.at(-1)?.id ?? 0;
    this.change({ ...summary, lastEventId, events: all.slice(surplus) });
    if (!this.persist) return;
    this.#unsaved = { lastEventId, epoch: this.#cursor.epoch, summary };
    this.#saveTimer ??= setTimeout(() => this.save(), saveEveryMs);
  }

  #forget(): void {
    if (this.#record) this.#records.save(this.snapshot.jobId);
    this.#record = this.#unsaved = undefined;
    this.change(noSummary);
  }
}
