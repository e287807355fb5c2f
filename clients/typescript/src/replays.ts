import { GatewayError } from './errors.ts';
import type { JobEvent } from './events.ts';
import { errorOf, type JobHost } from './job.ts';
import type { ServerMessage } from './messages.ts';

/** What is sent. After a reconnect it goes on after the last event that has come, in the same log: events of two aren't mixed. */
interface Request {
  readonly type: 'replay';
  readonly jobId: string;
  afterEventId: number;
  readonly epoch: string | undefined;
  readonly requestId: string;
}

/** Who asks, and may leave before the answer comes. */
interface Asker {
  readonly jobId: string;
  readonly isStopped: boolean;
}

interface Waiting {
  readonly request: Request;
  readonly asker: Asker;
  readonly events: JobEvent[];
  readonly resolve: (events: readonly JobEvent[]) => void;
  readonly reject: (error: GatewayError) => void;
}

/** One-off reads of history. One that a lost connection cuts goes on after its last event on the next. */
export class Replays {
  readonly #waiting = new Map<string | undefined, Waiting>();
  readonly #host: Pick<JobHost, 'connection' | 'nextRequestId'>;

  constructor(host: Pick<JobHost, 'connection' | 'nextRequestId'>) {
    this.#host = host;
  }

  ask(asker: Asker, afterEventId: number, epoch: string | undefined): Promise<readonly JobEvent[]> {
    return new Promise((resolve, reject) => {
      const requestId = this.#host.nextRequestId();
      const request: Request = { type: 'replay', jobId: asker.jobId, afterEventId, epoch, requestId };
      this.#waiting.set(requestId, { request, asker, events: [], resolve, reject });
      if (asker.isStopped || !this.#host.connection.isWanted) this.abort(asker);
      else this.#host.connection.send(request);
    });
  }

  /** After a reconnect. */
  askAgain(): void {
    for (const { request } of this.#waiting.values()) this.#host.connection.send(request);
  }

  /** Nobody waits any longer for the answers to one asker, or to all. */
  abort(asker?: Asker, error: GatewayError = new GatewayError('aborted', 'no answer will come')): void {
    for (const [id, waiting] of this.#waiting) {
      if (asker && asker !== waiting.asker) continue;
      this.#waiting.delete(id);
      waiting.reject(error);
    }
  }

  /** Whether the message was an answer to one of these. */
  take(message: ServerMessage): boolean {
    const waiting = this.#waiting.get(message.requestId);
    if (!waiting) return false;
    const { request, events } = waiting;
    if (message.type === 'replay') {
      for (const event of message.data) {
        if (event.id <= request.afterEventId) continue;
        request.afterEventId = event.id;
        events.push(event);
      }
      if (message.hasMore) return true;
      waiting.resolve(events);
    } else if (message.type === 'error') {
      waiting.reject(errorOf(message));
    }
    this.#waiting.delete(message.requestId);
    return true;
  }
}
