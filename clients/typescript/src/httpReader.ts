import { createParser, type StreamEvent } from './eventStream.ts';
import { type EventsQuery, type HttpWire, silentMs } from './httpWire.ts';
import type { ClientMessage, ErrorMessage } from './messages.ts';
import { offsetAfter, readOffset } from './offset.ts';

/** What is asked for, as the message for a socket has it. */
type Asked = Extract<ClientMessage, { readonly type: 'subscribe' | 'replay' }>;

/** What the gateway says of a refusal or of an end, in an answer's body or in a stream. */
interface Problem extends Omit<Partial<ErrorMessage>, 'type'> {
  readonly detail?: string;
  readonly streamNextOffset?: string;
  readonly upToDate?: boolean;
  readonly streamClosed?: boolean;
}

/** Long enough for a long-poll of any gateway; whether it is there at all is asked by pings. */
const answerWithinMs = 90_000;
/** The least time before a stream that ended is asked for again. Up to twice as long, since many may have ended together. */
const pauseMs = 500;

/** The refusals that concern all jobs, and the codes with which a socket would be closed: PROTOCOL.md section 7. */
const closeCodes: { readonly [code: string]: number } = {
  token_expired: 4401,
  token_missing: 4501,
  unauthorized: 4501,
  forbidden: 4503,
  closed_by_operator: 4504,
};

/** Reads a job to its end as a subscription, or its history once. Returns when there is nothing more to say. */
export function readJob(wire: HttpWire, asked: Asked, signal: AbortSignal): Promise<void> {
  return new Reader(wire, asked, signal).run();
}

class Reader {
  readonly #wire: HttpWire;
  readonly #asked: Asked;
  readonly #signal: AbortSignal;
  readonly #isOnce: boolean;
  #offset: string;
  #isConfirmed = false;
  #isOver = false;
  /** How long to wait before the next request, in ms. */
  #delay = 0;

  constructor(wire: HttpWire, asked: Asked, signal: AbortSignal) {
    this.#wire = wire;
    this.#asked = asked;
    this.#signal = signal;
    this.#isOnce = asked.type === 'replay';
    this.#offset = offsetAfter(asked.afterEventId, asked.epoch);
  }

  async run(): Promise<void> {
    // A URL can't name them.
    if (/^\.\.?$/.test(this.#asked.jobId)) return this.#refuse({ code: 'invalid_argument', error: 'no URL can name the job' });
    while (!this.#isDone) {
      const way = this.#isOnce ? undefined : this.#wire.way(this.#asked.jobId);
      this.#delay = 0;
      // The first answer shows where the job is: only a stream has it at once, and then the rest.
      await this.#read(way === 'sse' || this.#isConfirmed ? way : undefined, way);
      if (this.#delay && !this.#isDone) await this.#pause();
    }
  }

  get #isDone(): boolean {
    return this.#isOver || this.#signal.aborted;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#delay);
      this.#signal.onabort = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #read(live: EventsQuery['live'], way: EventsQuery['live']): Promise<void> {
    const request = new AbortController();
    let isSilent = false;
    let timer: ReturnType<typeof setTimeout>;
    const isStream = live === 'sse';
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(
        () => {
          isSilent = true;
          request.abort();
        },
        isStream ? silentMs : answerWithinMs,
      );
    };
    const heard = (): void => {
      this.#wire.heard();
      wait();
    };
    let isAnswered = false;
    this.#signal.onabort = () => request.abort();
    wait();
    try {
      const response = await this.#wire.request(this.#asked.jobId, { offset: this.#offset, live }, { signal: request.signal });
      isAnswered = true;
      // The headers alone may be of something that collects the rest.
      if (!response.ok) await this.#refused(response);
      else if (isStream && response.status === 200) await this.#stream(response, heard);
      else await this.#part(response, way);
      if (!isStream) this.#wire.heard();
    } catch (error) {
      if (this.#isDone) return;
      if (isSilent && isStream) this.#wire.silent();
      // A stream that is cut is asked for again.
      else if (!isAnswered || !(error instanceof TypeError)) this.#wire.lost((error as Error).message);
    } finally {
      clearTimeout(timer!);
      request.abort();
    }
    if (isStream) this.#delay ||= pauseMs * (1 + Math.random());
  }

  async #stream(response: Response, heard: () => void): Promise<void> {
    const decoder = new TextDecoder();
    const parse = createParser(
      (event) => this.#isDone || this.#take(event),
      (ms) => {
        this.#delay = ms;
      },
    );
    const reader = response.body?.getReader();
    while (reader && !this.#isDone) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      parse(decoder.decode(value, { stream: true }));
    }
  }

  #take({ event, data, id }: StreamEvent): void {
    if (event === 'data') return this.#receive(id, data, true);
    if (event !== 'control') return;
    const control = JSON.parse(data) as Problem;
    if (control.code) return this.#failed(control, Boolean(control.subscription), Boolean(control.retryable));
    const { streamNextOffset = '', upToDate, streamClosed } = control;
    this.#receive(streamNextOffset, '[]', !upToDate);
    if (streamClosed) this.#end();
  }

  /** The answer to a catch-up or a long-poll. */
  async #part(response: Response, way: EventsQuery['live']): Promise<void> {
    const { headers, status } = response;
    const is = (name: string): boolean => headers.get(name) === 'true';
    const isClosed = is('Stream-Closed');
    const isUpToDate = isClosed || is('Stream-Up-To-Date');
    const data = status === 204 ? '[]' : await response.text();
    this.#receive(headers.get('Stream-Next-Offset') ?? '', data, !isUpToDate);
    if (isClosed || (this.#isOnce && isUpToDate)) return this.#end();
    if (isUpToDate && !way) this.#delay = this.#wire.turn;
  }

  #receive(offset: string, data: string, hasMore: boolean): void {
    const { jobId, requestId } = this.#asked;
    const { id, epoch } = readOffset(offset);
    this.#offset = offset;
    // Where nothing has come, the newest event is known.
    const lastEventId = data === '[]' && !hasMore ? id : undefined;
    if (!this.#isConfirmed && !this.#isOnce) this.#wire.say({ type: 'subscribed', jobId, requestId, epoch, lastEventId });
    this.#isConfirmed = true;
    this.#wire.say({ type: 'replay', jobId, hasMore, ...(this.#isOnce && { requestId, requested: true }) }, data);
  }

  #end(): void {
    this.#isOver = true;
    if (!this.#isOnce) this.#wire.say({ type: 'unsubscribed', jobId: this.#asked.jobId, reason: 'job_ended' });
  }

  async #refused(response: Response): Promise<void> {
    const { status, headers } = response;
    const problem = (await response.json().catch(() => ({}))) as Problem;
    const { code, detail = '', jobId } = problem;
    // Something else than the gateway.
    if (!code) return this.#wire.lost(`HTTP ${status}`);
    const retryAfter = headers.get('Retry-After');
    this.#delay = Number(retryAfter) * 1000;
    this.#failed({ ...problem, error: detail }, Boolean(jobId) || status === 400, Boolean(retryAfter));
  }

  #failed(problem: Problem, isOfJob: boolean, retryable: boolean): void {
    const { code = '', error = '' } = problem;
    const closeCode = closeCodes[code];
    if (!isOfJob && closeCode) return this.#wire.lost(error, closeCode);
    if (!isOfJob && !retryable) return this.#wire.lost(error || code);
    // It goes on by itself where it had begun, and the client shows that what it has may be old.
    if (!retryable || !this.#isConfirmed || this.#isOnce) return this.#refuse(problem);
    this.#say(problem, 'kept', true);
  }

  #refuse(problem: Problem): void {
    this.#isOver = true;
    this.#say(problem, this.#isConfirmed ? 'ended' : 'not_opened', Boolean(problem.retryable) || this.#delay > 0);
  }

  #say(problem: Problem, subscription: ErrorMessage['subscription'], retryable: boolean): void {
    const { jobId, requestId } = this.#asked;
    this.#wire.say({ ...problem, type: 'error', jobId, requestId, requested: this.#isOnce, subscription, retryable });
  }
}
