import { GatewayError } from './errors.ts';
import type { JobEvent } from './events.ts';
import { errorOf, type JobHost } from './job.ts';
import type { ServerMessage } from './messages.ts';

interface Request {
  readonly jobId: string;
  readonly events: JobEvent[];
  after: number;
  readonly resolve: (events: readonly JobEvent[]) => void;
  readonly reject: (error: GatewayError) => void;
}

/** One-off reads of history. One that a lost connection cuts goes on after its last event on the next. */
export class Replays {
  readonly #waiting = new Map<string, Request>();
  readonly #host: Pick<JobHost, 'send' | 'nextRequestId'>;

  constructor(host: Pick<JobHost, 'send' | 'nextRequestId'>) {
    this.#host = host;
  }

  ask(jobId: string, after: number, signal: AbortSignal): Promise<readonly JobEvent[]> {
    const id = this.#host.nextRequestId();
    return new Promise<readonly JobEvent[]>((resolve, reject) => {
      const request = { jobId, after, events: [], resolve, reject };
      this.#waiting.set(id, request);
      if (signal.aborted) return this.#abort(id);
      signal.addEventListener('abort', () => this.#abort(id), { once: true });
      this.#ask(request, id);
    });
  }

  /** After a reconnect. */
  askAgain(): void {
    for (const [id, request] of this.#waiting) this.#ask(request, id);
  }

  abortAll(): void {
    for (const id of [...this.#waiting.keys()]) this.#abort(id);
  }

  /** Whether the message was an answer to one of these. */
  take(message: ServerMessage): boolean {
    const id = message.requestId ?? '';
    const request = this.#waiting.get(id);
    if (!request) return false;
    if (message.type === 'replay') {
      for (const event of message.data) {
        if (event.id <= request.after) continue;
        request.after = event.id;
        request.events.push(event);
      }
      if (message.hasMore) return true;
      request.resolve(request.events);
    } else if (message.type === 'error') {
      request.reject(errorOf(message));
    }
    this.#waiting.delete(id);
    return true;
  }

  #ask({ jobId, after }: Request, requestId: string): void {
    this.#host.send({ type: 'replay', jobId, afterEventId: after, requestId });
  }

  /** One that is settled already stays as it is. */
  #abort(id: string): void {
    this.#waiting.get(id)?.reject(new GatewayError('aborted', 'not watched any more'));
    this.#waiting.delete(id);
  }
}
