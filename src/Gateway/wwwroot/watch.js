// One job, watched over the gateway's WebSocket: the documented client. PROTOCOL.md sections 2 to 7 say what is sent and promised.

const pingEveryMs = 15_000;
const answerWithinMs = 10_000;
const backoffMs = { least: 500, first: 1_000, most: 20_000 };

/** After these close codes it is no use coming back; after all others it is. */
const isFinal = (code) => (code >= 4500 && code <= 4999) || [1002, 1003, 1007, 1009].includes(code);

/**
 * `phase` says how good the news is:
 *   connecting    no answer yet
 *   catching-up   history is on its way
 *   live          all there is has come, and events come as they happen
 *   outage        the gateway is there, but its backend is away; it goes on by itself
 *   reconnecting  the connection is gone; `retryAt` says when it is tried again, `reason` why
 *   ended         the job has ended, and everything has come
 *   stopped       it cannot go on; `reason` says why
 */
export class JobWatch {
  phase = 'connecting';
  reason = '';
  retryAt = 0;
  /** When the job was last heard of, in the browser's time; 0 before. */
  newsAt = 0;
  /** The id of the last event: where a resume goes on. */
  lastEventId;

  #url;
  #epoch;
  #socket = null;
  #attempts = 0;
  #timers = {};
  #on;

  /** @param on { events(list), error(message), subscribed(message), changed(watch) } */
  constructor(url, jobId, on, afterEventId = 0) {
    this.jobId = jobId;
    this.#url = url;
    this.#on = on;
    this.resume(afterEventId);
  }

  /** Starts, or goes on after it has stopped. */
  resume(afterEventId) {
    this.lastEventId = afterEventId;
    addEventListener('online', this.#retryNow);
    this.#connect();
  }

  close() {
    removeEventListener('online', this.#retryNow);
    this.#drop();
  }

  #connect() {
    this.#enter('connecting');
    const socket = new WebSocket(this.#url, 'optimization.v1');
    this.#socket = socket;
    this.#timers.answer = setTimeout(() => this.#lost('no connection within 10 s'), answerWithinMs);
    socket.onopen = () => {
      clearTimeout(this.#timers.answer);
      this.#timers.ping = setInterval(() => this.#ping(), pingEveryMs);
      this.#send({ type: 'subscribe', jobId: this.jobId, afterEventId: this.lastEventId, epoch: this.#epoch });
    };
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    socket.onclose = ({ code, reason }) => {
      const why = `the connection closed (${code}${reason ? `: ${reason}` : ''})`;
      isFinal(code) ? this.#finish('stopped', why) : this.#lost(why);
    };
  }

  #take(message) {
    clearTimeout(this.#timers.answer);
    if (message.type === 'pong') {
      this.#attempts = 0;
      if (this.phase === 'live') this.newsAt = Date.now();
      this.#on.changed(this);
    } else if (message.type === 'error') {
      this.#takeError(message);
    } else {
      this.newsAt = Date.now();
      this.#takeNews(message);
    }
  }

  #takeNews(message) {
    switch (message.type) {
      case 'subscribed':
        this.#epoch = message.epoch;
        this.#enter('catching-up');
        return this.#on.subscribed(message);
      case 'replay':
        this.#takeEvents(message.data);
        return message.hasMore ? undefined : this.#enter('live');
      case 'event':
        this.#takeEvents([message.event]);
        return this.#enter('live');
      case 'unsubscribed':
        return message.reason === 'job_ended' ? this.#finish('ended') : undefined;
    }
  }

  #takeEvents(events) {
    if (events.length === 0) return;
    this.lastEventId = events.at(-1).id;
    this.#attempts = 0;
    this.#on.events(events);
  }

  #takeError(error) {
    this.#on.error(error);
    if (error.subscription === 'kept') this.#enter('outage', error.error);
    else if (error.retryable) this.#lost(error.error);
    else if (error.subscription !== 'untouched') this.#finish('stopped', error.error);
  }

  #ping() {
    clearTimeout(this.#timers.answer);
    this.#timers.answer = setTimeout(() => this.#lost('nothing was heard for 10 s after a ping'), answerWithinMs);
    this.#send({ type: 'ping' });
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Comes back later: full jitter, so that a restarted gateway isn't met by everyone at once. */
  #lost(reason) {
    this.#drop();
    const ceiling = Math.min(backoffMs.most, backoffMs.first * 2 ** this.#attempts++);
    const delay = backoffMs.least + Math.random() * (ceiling - backoffMs.least);
    this.retryAt = Date.now() + delay;
    this.#timers.retry = setTimeout(() => this.#connect(), delay);
    this.#enter('reconnecting', reason);
  }

  #retryNow = () => {
    if (this.phase !== 'reconnecting') return;
    this.#drop();
    this.#connect();
  };

  #finish(phase, reason) {
    this.close();
    this.#enter(phase, reason);
  }

  /** Lets go of the socket; whatever it still says is no longer heard. */
  #drop() {
    clearInterval(this.#timers.ping);
    clearTimeout(this.#timers.answer);
    clearTimeout(this.#timers.retry);
    if (!this.#socket) return;
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close(1000);
    this.#socket = null;
  }

  #enter(phase, reason = '') {
    this.phase = phase;
    this.reason = reason;
    this.#on.changed(this);
  }
}
