import { better as betterChoice, type Choice, choose, fallBack, type Sign } from './fallback.ts';
import { remembered } from './tab.ts';
import type { Transport, TransportListener, TransportOptions, Wire } from './transport.ts';

/** How long a connection may take to open, and then to answer a ping. */
const answerWithinMs = 5_000;
const ping = '{"type":"ping"}';
/** The name of what the tab remembers: `'1'` where only the other way worked. */
const kept = 'fallback';

/** Uses the better way, and the other one where the better doesn't get through. */
export class Fallback {
  readonly #client: TransportOptions;
  readonly #better: Transport;
  readonly #other: Transport;
  #choice: Choice;

  constructor(client: TransportOptions, better: Transport, other: Transport) {
    this.#client = client;
    this.#better = better;
    this.#other = other;
    this.#choice = remembered(client, kept) ? fallBack(betterChoice, Date.now()) : betterChoice;
  }

  open(token: string | null | undefined, listener: TransportListener): Wire {
    if (!this.#choice.isFallback) {
      try {
        return this.#watch(this.#better, token, listener);
      } catch {
        // There can't even be one, as where `WebSocket` is missing.
        this.#note('cut');
      }
    }
    return this.#open(token, listener);
  }

  /** The other way, with the better one tried beside it from time to time. */
  #open(token: string | null | undefined, listener: TransportListener): Wire {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let trial: Wire | undefined;
    const stop = (): void => {
      clearTimeout(timer);
      trial?.close();
    };
    const wait = (): void => {
      timer = setTimeout(begin, this.#choice.retryAt - Date.now());
    };
    const end = (isThrough: boolean): void => {
      stop();
      this.#note(isThrough ? 'through' : 'blocked');
      if (isThrough) listener.lost('a socket gets through');
      else wait();
    };
    const begin = (): void => {
      try {
        trial = this.#watch(this.#better, token, undefined, (sign) => end(sign === 'worked'));
      } catch {
        end(false);
      }
    };
    const wire = this.#watch(this.#other, token, listener);
    wait();
    return {
      ...wire,
      close: () => {
        stop();
        wire.close();
      },
    };
  }

  /** Tells once how it went: an opened connection is asked for a sign of life at once. Who is told that it is lost closes it. */
  #watch(transport: Transport, token: string | null | undefined, listener?: TransportListener, tell = this.#note): Wire {
    let isOpen = false;
    let isJudged = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const judge = (sign: Sign): void => {
      clearTimeout(timer);
      if (!isJudged) tell(sign);
      isJudged = true;
    };
    const fail = (said: string, code?: number | null): void => {
      judge(isOpen ? 'cut' : 'unopened');
      listener?.lost(said, code);
    };
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => fail('no answer in time'), answerWithinMs);
    };
    const wire = transport.open(this.#client, token, {
      opened: () => {
        isOpen = true;
        wait();
        wire.send(ping);
        listener?.opened();
      },
      received: (frame) => {
        judge('worked');
        listener?.received(frame);
      },
      lost: (said, code) => {
        // A code that only the gateway gives: it was reached.
        if (/^4|^101[23]/.test(code as unknown as string)) judge('worked');
        // Any other that comes before the first message is a proxy's, and means nothing.
        fail(said, isJudged ? code : null);
      },
    });
    wait();
    return {
      send: (message) => wire.send(message),
      close: () => {
        isJudged = true;
        clearTimeout(timer);
        wire.close();
      },
    };
  }

  readonly #note = (sign: Sign): void => {
    this.#choice = choose(this.#choice, sign, Date.now());
    if (sign === 'worked' || sign === 'through') remembered(this.#client, kept, this.#choice.isFallback ? '1' : '');
  };
}
