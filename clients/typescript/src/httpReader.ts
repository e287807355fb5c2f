import { createParser, type StreamEvent } from './eventStream.ts';
import { type EventsQuery, type HttpWire, silentMs } from './httpWire.ts';
import type { ClientMessage, ErrorMessage, ServerMessage } from './messages.ts';
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
/** The least time before what ended or was cut is asked for again. Up to twice as long, since many may have ended together. */
const pauseMs = 500;

/** The time between a long-poll and the next, of a job with many events. */
const momentMs = 200;

/** The refusals that concern all jobs, and the codes with which a socket would be closed: PROTOCOL.md section 7. */
const closeCodes: { readonly [code: string]: number } = {
  token_expired: 4401,
  token_missing: 4501,
  unauthorized: 4501,
  forbidden: 4503,
  closed_by_operator: 4504,
};

/** Reads a job to its end as a subscription, or its history once. Returns when there is nothing more to say. */
export async function readJob(wire: HttpWire, asked: Asked, life: AbortController): Promise<void> {
  const reader = new Reader(wire, asked, life);
  // `URL` would take them for steps.
  if (/^\.\.?$/.test(asked.jobId)) reader.refuse({ code: 'invalid_argument', error: 'no URL can name the job' });
  while (!life.signal.aborted) await reader.read();
}

class Reader {
  readonly #wire: HttpWire;
  readonly #asked: Asked;
  /** Aborted when nothing more is to be read. */
  readonly #life: AbortController;
  readonly #isOnce: boolean;
  #offset: string;
  #isConfirmed = false;
  #isAnswered = false;
  /** How long to wait before the next request, in ms. */
  #delay = 0;

  constructor(wire: HttpWire, asked: Asked, life: AbortController) {
    this.#wire = wire;
    this.#asked = asked;
    this.#life = life;
    this.#isOnce = asked.type === 'replay';
    this.#offset = offsetAfter(asked.afterEventId, asked.epoch);
  }

  /** One request, and the time until the next. */
  async read(): Promise<void> {
    const { signal } = this.#life;
    const way = this.#isOnce ? undefined : this.#wire.way(this.#asked.jobId);
    const isStream = way === 'sse';
    const request = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => request.abort(), isStream ? silentMs : answerWithinMs);
    };
    const heard = (): void => {
      wait();
      this.#wire.heard();
    };
    this.#delay = pauseMs * (1 + Math.random());
    this.#isAnswered = false;
    signal.onabort = () => request.abort();
    wait();
    try {
      await this.#request(way, request.signal, heard);
    } catch (error) {
      if (signal.aborted) return;
      if (isStream && request.signal.aborted) await this.#wire.silent();
      // Whatever was cut is asked for again.
      else if (!this.#isAnswered || !(error instanceof TypeError)) this.#wire.lost((error as Error).message);
    } finally {
      clearTimeout(timer);
    }
    if (!signal.aborted) await this.#pause(signal);
  }

  async #request(way: EventsQuery['live'], signal: AbortSignal, heard: () => void): Promise<void> {
    const isStream = way === 'sse';
    // Where a job is shows its first answer: a stream has it at once, a long-poll may wait for it.
    const live = isStream || this.#isConfirmed ? way : undefined;
    const response = await this.#wire.request(this.#asked.jobId, { offset: this.#offset, live }, { signal });
    this.#isAnswered = true;
    if (!response.ok) await this.#refused(response);
    else if (isStream) await this.#stream(response, heard);
    else await this.#part(response, way);
  }

  #pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#delay);
      signal.onabort = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #stream(response: Response, heard: () => void): Promise<void> {
    const decoder = new TextDecoder();
    const parse = createParser((event) => this.#life.signal.aborted || this.#take(event));
    const reader = response.body?.getReader();
    while (reader) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      parse(decoder.decode(value, { stream: true }));
    }
  }

  #take({ event, data = '', id = '', retry }: StreamEvent): void {
    if (event === 'data') return this.#receive(id, data, true);
    const control = JSON.parse(data) as Problem;
    const { code, streamNextOffset = '', upToDate, streamClosed, subscription } = control;
    if (retry) this.#delay = Number(retry);
    if (code) return this.#failed(control, subscription);
    this.#receive(streamNextOffset, '[]', !upToDate);
    if (streamClosed) this.#end();
  }

  /** The answer to a catch-up or a long-poll. */
  async #part(response: Response, way: EventsQuery['live']): Promise<void> {
    const { headers } = response;
    const isClosed = headers.has('Stream-Closed');
    const isUpToDate = isClosed || headers.has('Stream-Up-To-Date');
    // 204 has no text.
    const data = (await response.text()) || '[]';
    this.#wire.heard();
    this.#receive(headers.get('Stream-Next-Offset') ?? '', data, !isUpToDate);
    // What comes within a moment comes with one long-poll.
    this.#delay = isUpToDate ? (way ? momentMs : this.#wire.turn) : 0;
    if (isClosed || (this.#isOnce && isUpToDate)) this.#end();
  }

  #receive(offset: string, data: string, hasMore: boolean): void {
    const { id, epoch } = readOffset(offset);
    this.#offset = offset;
    // Where nothing has come, the newest event is known.
    const lastEventId = data === '[]' && !hasMore ? id : undefined;
    if (!this.#isConfirmed && !this.#isOnce) this.#say('subscribed', { epoch, lastEventId });
    this.#isConfirmed = true;
    this.#say('replay', { hasMore }, data);
  }

  #end(): void {
    this.#life.abort();
    if (!this.#isOnce) this.#say('unsubscribed', { reason: 'job_ended' });
  }

  async #refused(response: Response): Promise<void> {
    const { status, headers } = response;
    const problem = (await response.json().catch(() => ({}))) as Problem;
    const { code, detail = '', jobId } = problem;
    // Something else than the gateway.
    if (!code) return this.#wire.lost(`HTTP ${status}`);
    const seconds = Number(headers.get('Retry-After'));
    if (seconds) this.#delay = seconds * 1000;
    this.#failed({ ...problem, retryable: seconds > 0, error: detail }, jobId || status === 400);
  }

  #failed(problem: Problem, isOfJob: unknown): void {
    const { code = '', error = '', retryable } = problem;
    const closeCode = closeCodes[code];
    if (!isOfJob && (closeCode || !retryable)) this.#wire.lost(error, closeCode);
    // It goes on by itself where it had begun, and the client shows that what it has may be old.
    else if (retryable && this.#isConfirmed && !this.#isOnce) this.#say('error', { ...problem, subscription: 'kept' });
    // What is read once comes as long as the client wants it, whatever becomes of the gateway.
    else if (isOfJob || !this.#isOnce) this.refuse(problem);
  }

  refuse(problem: Problem): void {
    this.#life.abort();
    this.#say('error', { ...problem, subscription: this.#isConfirmed ? 'ended' : 'not_opened' });
  }

  #say(type: ServerMessage['type'], members: object, data?: string): void {
    const { jobId, requestId } = this.#asked;
    this.#wire.say({ ...members, type, jobId, requestId, requested: this.#isOnce }, data);
  }
}
