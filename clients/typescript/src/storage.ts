import { GatewayError } from './errors.ts';
import { checkCursor } from './limits.ts';
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

/** Cursors and best results, one entry a job. */
export interface JobRecords {
  /** Calls back at once where the storage answers at once, so that the first snapshot has it already. */
  load(jobId: string, then: (record: JobRecord | undefined) => void): void;
  /** Without a record nothing is kept. */
  save(jobId: string, record?: JobRecord): void;
}

/** Another form of record will have other keys. */
const keysBegin = 'optimization-gateway:1:';

/** Whatever the storage does wrong is told once an episode, and nothing else breaks. */
export function createRecords(
  open: () => GatewayStorage | false | undefined,
  url: string,
  report: (error: GatewayError) => void,
): JobRecords {
  let isFailing = false;

  function use(act: (storage: GatewayStorage, prefix: string) => unknown, then?: (answer?: unknown) => void): void {
    const worked = (answer: unknown): void => {
      isFailing = false;
      then?.(answer);
    };
    const failed = (cause: unknown): void => {
      if (!isFailing) report(new GatewayError('storage_failed', 'storage failed', { cause, retryable: true }));
      isFailing = true;
      then?.();
    };
    let answer: unknown;
    try {
      const storage = open();
      answer = storage && act(storage, `${keysBegin}${url.split('?')[0]}:`);
    } catch (cause) {
      return failed(cause);
    }
    // A promise, of whatever make.
    const promise = answer as Partial<PromiseLike<unknown>> | undefined;
    if (promise?.then) promise.then(worked, failed);
    else worked(answer);
  }

  return {
    load: (jobId, then) =>
      use(
        (storage, prefix) => storage.getItem(prefix + jobId),
        (text) => then(parse(text)),
      ),
    save: (jobId, record) =>
      use((storage, prefix) => (record ? storage.setItem(prefix + jobId, JSON.stringify(record)) : storage.removeItem(prefix + jobId))),
  };
}

/** What isn't ours is no record. */
function parse(text: unknown): JobRecord | undefined {
  try {
    const record = JSON.parse(text as string) as JobRecord;
    checkCursor(record.lastEventId);
    return typeof (record.epoch ?? '') === 'string' ? record : undefined;
  } catch {
    return undefined;
  }
}
