import { GatewayError } from './errors.ts';
import { checkNumber } from './limits.ts';
import type { JobSummary } from './snapshot.ts';

/** `localStorage`, `sessionStorage`, or anything like them, also asynchronous. */
export interface GatewayStorage {
  getItem(key: string): string | null | undefined | PromiseLike<string | null | undefined>;
  setItem(key: string, value: string): unknown;
  removeItem(key: string): unknown;
}

/** What is kept of a job: where it was, and what was known there. */
export interface JobRecord {
  readonly lastEventId: number;
  readonly epoch: string | undefined;
  readonly summary: JobSummary;
}

/** Another form of record will have other keys. */
const keysBegin = 'optimization-gateway:1:';

/** Cursors and best results, one entry a job. Whatever the storage does wrong is told once an episode, and nothing else breaks. */
export class JobRecords {
  readonly #storage: () => GatewayStorage | false | undefined;
  readonly #prefix: string;
  readonly #listener: { emit(name: 'error', error: GatewayError): void };
  #failing = false;

  constructor(
    storage: () => GatewayStorage | false | undefined,
    url: string,
    listener: { emit(name: 'error', error: GatewayError): void },
  ) {
    this.#storage = storage;
    this.#prefix = `${keysBegin}${url.split('?')[0]}:`;
    this.#listener = listener;
  }

  /** Calls back at once where the storage answers at once, so that the first snapshot has it already. */
  load(jobId: string, then: (record: JobRecord | undefined) => void): void {
    this.#use(
      (storage) => storage.getItem(this.#prefix + jobId),
      (text) => then(parse(text)),
    );
  }

  save(jobId: string, record: JobRecord): void {
    this.#use((storage) => storage.setItem(this.#prefix + jobId, JSON.stringify(record)));
  }

  remove(jobId: string): void {
    this.#use((storage) => storage.removeItem(this.#prefix + jobId));
  }

  #use(act: (storage: GatewayStorage) => unknown, then?: (answer: unknown) => void): void {
    const worked = (answer: unknown): void => {
      this.#failing = false;
      then?.(answer);
    };
    const failed = (cause: unknown): void => {
      if (!this.#failing)
        this.#listener.emit('error', new GatewayError('storage_failed', 'the storage failed', { cause, retryable: true }));
      this.#failing = true;
      then?.(undefined);
    };
    let answer: unknown;
    try {
      const storage = this.#storage();
      answer = storage && act(storage);
    } catch (cause) {
      return failed(cause);
    }
    // A promise, of whatever make.
    if (answer && typeof answer === 'object') Promise.resolve(answer).then(worked, failed);
    else worked(answer);
  }
}

/** What isn't ours is no record. */
function parse(text: unknown): JobRecord | undefined {
  try {
    const record = JSON.parse(String(text)) as JobRecord;
    checkNumber('lastEventId', record.lastEventId, 0, true);
    return typeof (record.epoch ?? '') === 'string' ? record : undefined;
  } catch {
    return undefined;
  }
}
