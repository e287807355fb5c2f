import { GatewayError } from './errors.ts';
import type { JobEvent } from './events.ts';
import { errorOf, type JobHost } from './job.ts';
import type { ServerMessage } from './messages.ts';

interface Request {
  /** What is sent; it goes on after the last event that has come. */
  readonly message: { readonly type: 'replay'; readonly jobId: string; afterEventId: number; readonly requestId: string };
  readonly events: JobEvent[];
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

  ask(jobId: string, afterEventId: number, signal: AbortSignal): Promise<readonly JobEvent[]> {
    const id = this.#host.nextRequestId();
    return new Promise<readonly JobEvent[]>((resolve, reject) => {
      const message = { type: 'replay' as const, jobId, afterEventId, requestId: id };
      this.#waiting.set(id, { message, events: [], resolve, reject });
      if (signal.aborted) return this.#abort(id);
      signal.addEventListener('abort', () => this.#abort(id), { once: true });
      this.#host.send(message);
    });
  }

  /** After a reconnect. */
  askAgain(): void {
    for (const { message } of this.#waiting.values()) this.#host.send(message);
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
        if (event.id <= request.message.afterEventId) continue;
        request.message.afterEventId = event.id;
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

  /** One that is settled already stays as it is. */
  #abort(id: string): void {
    this.#waiting.get(id)?.reject(new GatewayError('aborted', 'not watched any more'));
    this.#waiting.delete(id);
  }
}
