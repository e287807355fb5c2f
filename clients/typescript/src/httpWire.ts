import { readJob } from './httpReader.ts';
import type { ClientMessage } from './messages.ts';
import { remembered } from './tab.ts';
import type { TransportListener, TransportOptions, Wire } from './transport.ts';

export interface HttpOptions {
  /** Where the gateway's `jobs/…` are, with a slash at the end; one that is relative counts from the client's `url`. Default `../`. */
  readonly url?: string | undefined;
  /**
   * How many jobs have a request of their own that stays open. The others are read in turn, every few seconds. Default 4, because browsers make
   * six requests at once to a host by HTTP/1.1; where pages reach the gateway by HTTP/2, set it to 100.
   */
  readonly maxStreams?: number | undefined;
}

/** The query of a request for events. */
export interface EventsQuery {
  readonly offset: string;
  readonly live?: 'sse' | 'long-poll' | undefined;
}

/** How long a stream may bring no byte: it has a comment every 15 s. */
export const silentMs = 20_000;
/** After a stream that fell silent, so long only long-polls are made: a trial costs its 20 s, and a long-poll is hardly worse. */
const pollsForMs = 3_600_000;
/** The name of what the tab remembers: until when that is, in ms since 1970. */
const polls = 'polls';
/** The time between the reads of jobs that have no request of their own, for each job that there is. */
const turnMs = 400;

/** What looks like a connection: jobs are read by requests of their own, and it is lost when one can't be made. */
export class HttpWire implements Wire {
  readonly #options: HttpOptions;
  readonly #client: TransportOptions;
  readonly #base: URL;
  readonly #headers: Headers;
  readonly #listener: TransportListener;
  /** Ends what is being read, by job; of one-off replays by job and request. The oldest first. */
  readonly #reads = new Map<string, AbortController>();
  #isOver = false;
  #heardAt = 0;
  #pollsUntil: number;

  /** Throws where the token can be no header. */
  constructor(options: HttpOptions, client: TransportOptions, token: string | null | undefined, listener: TransportListener) {
    this.#options = options;
    this.#client = client;
    this.#base = new URL(client.url.replace(/^ws/, 'http'));
    this.#headers = new Headers(token ? { Authorization: `Bearer ${token}` } : {});
    this.#listener = listener;
    this.#pollsUntil = Number(remembered(client, polls));
    this.#probe(() => listener.opened());
  }

  send(text: string): void {
    const message = JSON.parse(text) as ClientMessage;
    if (message.type === 'ping') return this.#probe(() => this.say({ type: 'pong' }));
    const { type, jobId, requestId } = message;
    if (type === 'unsubscribe') {
      for (const key of this.#reads.keys()) if (key.split('\n')[0] === jobId) this.#end(key);
      queueMicrotask(() => this.say({ type: 'unsubscribed', jobId, reason: 'requested', requestId }));
      return;
    }
    const key = type === 'replay' ? `${jobId}\n${requestId}` : jobId;
    this.#end(key);
    const life = new AbortController();
    this.#reads.set(key, life);
    void readJob(this, message, life).then(() => this.#reads.get(key) === life && this.#end(key));
  }

  close(): void {
    this.#isOver = true;
    for (const key of this.#reads.keys()) this.#end(key);
  }

  #end(key: string): void {
    this.#reads.get(key)?.abort();
    this.#reads.delete(key);
  }

  // --- What readers need ---------------------------------------------------------------------------------------------

  /** Tells the client, with `data` as the JSON that came. */
  say(message: object, data?: string): void {
    if (this.#isOver) return;
    const text = JSON.stringify(message);
    this.#listener.received(data ? `${text.slice(0, -1)},"data":${data}}` : text);
  }

  /** Nothing can be read for now, of any job. */
  lost(said: string, closeCode?: number): void {
    if (this.#isOver) return;
    this.close();
    this.#listener.lost(said, closeCode);
  }

  /** That anything came. */
  heard(): void {
    this.#heardAt = Date.now();
  }

  /** How a job is read now; `undefined`: in turn with others. */
  way(jobId: string): EventsQuery['live'] {
    const place = [...this.#reads.keys()].indexOf(jobId);
    if (place >= (this.#options.maxStreams ?? 4)) return undefined;
    return Date.now() < this.#pollsUntil ? 'long-poll' : 'sse';
  }

  /**
   * A stream fell silent, at once or after the first bytes, which nginx passes on. Where the gateway can be reached all the same, something on the
   * way collects streams.
   */
  silent(): Promise<void> {
    return new Promise((resolve) => {
      this.#probe(() => {
        this.#pollsUntil = Date.now() + pollsForMs;
        remembered(this.#client, polls, String(this.#pollsUntil));
        resolve();
      });
    });
  }

  get turn(): number {
    return this.#reads.size * turnMs;
  }

  request(jobId: string, query: Partial<EventsQuery>, init: RequestInit): Promise<Response> {
    const url = new URL(`${this.#options.url ?? '../'}jobs/${encodeURIComponent(jobId)}/events`, this.#base);
    // Where a token is in the query of the one, it is in the other's.
    url.search = this.#base.search;
    for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
    return fetch(url, { cache: 'no-store', headers: this.#headers, ...init });
  }

  /** Asks the gateway for nothing: whether it can be reached this way. */
  #probe(then: () => void): void {
    if (Date.now() - this.#heardAt < silentMs) return queueMicrotask(then);
    this.request('-', {}, { method: 'OPTIONS' }).then(
      ({ ok, status }) => {
        if (!ok) return this.lost(`HTTP ${status}`);
        this.heard();
        if (!this.#isOver) then();
      },
      ({ message }) => this.lost(message),
    );
  }
}
