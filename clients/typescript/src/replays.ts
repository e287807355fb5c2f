import type { JobEvent } from './events.ts';
import type { JobHost } from './job.ts';
import { checkCursor, checkJobId, whenAborted } from './limits.ts';
import { type ErrorMessage, errorOf, type ServerMessage } from './messages.ts';

/** The gateway reads so many at once on a connection (PROTOCOL.md section 9), and refuses most of what comes on top. */
const mostAtOnce = 4;

interface Request {
  readonly jobId: string;
  readonly afterEventId: number;
  readonly epoch: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Asked extends Request {
  events: JobEvent[];
  isSent: boolean;
  end(): void;
  readonly resolve: (events: readonly JobEvent[]) => void;
  readonly reject: (reason: unknown) => void;
}

export interface ReplayHost extends Pick<JobHost, 'connection' | 'nextRequestId' | 'aborted'> {
  /** A connection is needed. */
  need(): void;
  /** Fewer are asked for. */
  rest(): void;
}

/** One-off reads of history: as many at once as the gateway takes, the others in turn. */
export class Replays {
  /** By request id, in the order in which they were asked for. */
  readonly #asked = new Map<string, Asked>();
  readonly #host: ReplayHost;

  constructor(host: ReplayHost) {
    this.#host = host;
  }

  get isIdle(): boolean {
    return this.#asked.size === 0;
  }

  ask(request: Request): Promise<readonly JobEvent[]> {
    const { jobId, afterEventId, signal } = request;
    const life = new AbortController();
    return new Promise((resolve, reject) => {
      checkJobId(jobId);
      checkCursor(afterEventId);
      signal?.throwIfAborted();
      this.#host.need();
      if (!this.#host.connection.isWanted) throw this.#host.aborted();
      const id = this.#host.nextRequestId();
      const end = (): void => {
        life.abort();
        this.#asked.delete(id);
        this.next();
        this.#host.rest();
      };
      const asked: Asked = { ...request, events: [], isSent: false, end, resolve, reject };
      const leave = (): void => {
        reject(signal?.reason);
        // Otherwise the gateway is still at it.
        if (!asked.isSent) end();
      };
      this.#asked.set(id, asked);
      whenAborted(signal, leave, life.signal);
      this.next();
    });
  }

  /** Sends what there is room for. */
  next(): void {
    const { connection } = this.#host;
    let places = connection.isOpen ? mostAtOnce - this.#sent().length : 0;
    for (const [requestId, asked] of this.#asked) {
      if (asked.isSent || places-- <= 0) continue;
      asked.isSent = true;
      connection.send({ type: 'replay', jobId: asked.jobId, afterEventId: cursorOf(asked), epoch: asked.epoch, requestId });
    }
  }

  #sent(): Asked[] {
    return [...this.#asked.values()].filter(({ isSent }) => isSent);
  }

  /**
   * No answer will come to those that were sent, of one job or of all: they are asked for again, after the last event that has come.
   * Where no epoch is known it may be that of another log by then, so they begin anew.
   */
  again(jobId?: string): void {
    for (const asked of this.#sent()) {
      if (jobId && jobId !== asked.jobId) continue;
      asked.isSent = false;
      if (!asked.epoch) asked.events = [];
      if (asked.signal?.aborted) asked.end();
    }
    this.next();
  }

  /** Rejects those that were sent, or all. */
  fail(reason: unknown, all?: boolean): void {
    for (const asked of all ? [...this.#asked.values()] : this.#sent()) {
      asked.reject(reason);
      asked.end();
    }
  }

  /** Whether the message was an answer to one of these. */
  take(message: ServerMessage): boolean {
    const asked = this.#asked.get(message.requestId ?? '');
    if (!asked) return false;
    if (message.type === 'replay') {
      for (const event of message.data) if (event.id > cursorOf(asked)) asked.events.push(event);
      if (message.hasMore) return true;
      asked.resolve(asked.events);
    } else asked.reject(errorOf(message as ErrorMessage));
    asked.end();
    return true;
  }
}

function cursorOf({ events, afterEventId }: Asked): number {
  return events.at(-1)?.id ?? afterEventId;
}
