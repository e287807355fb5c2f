// A gateway without a network, for tests of code that uses this package: pass `gateway.WebSocket` to the client, and say what it says.

import type { ClientMessage, ServerMessage } from './messages.ts';
import type { WebSocketConstructor, WebSocketLike } from './options.ts';

/** One connection of a client to the fake gateway. */
export class FakeSocket implements WebSocketLike {
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly url: string;
  readonly protocols: readonly string[];
  /** What the client has sent, oldest first. */
  readonly received: ClientMessage[] = [];
  /** The code that the client closed with. */
  closedWith: number | undefined;
  readonly #heard: (socket: FakeSocket, message: ClientMessage) => void;

  constructor(url: string, protocols: readonly string[], heard: (socket: FakeSocket, message: ClientMessage) => void) {
    this.url = url;
    this.protocols = protocols;
    this.#heard = heard;
  }

  send(data: string): void {
    const message = JSON.parse(data) as ClientMessage;
    this.received.push(message);
    this.#heard(this, message);
  }

  close(code = 1005): void {
    this.closedWith = code;
  }

  /** Lets the client in. */
  accept(): void {
    this.onopen?.({} as never);
  }

  say(message: ServerMessage): void {
    this.sayRaw(JSON.stringify(message));
  }

  sayRaw(data: unknown): void {
    this.onmessage?.({ data } as never);
  }

  /** Ends the connection: with a code of the gateway's, or as a network does. */
  end(code = 1006, reason = ''): void {
    this.onclose?.({ code, reason } as never);
  }

  /** The last message of a type, which must be there. */
  last<Type extends ClientMessage['type']>(type: Type): Extract<ClientMessage, { type: Type }> {
    const found = this.received.filter((message) => message.type === type).at(-1);
    if (!found) throw new Error(`The client has sent no ${type}.`);
    return found as Extract<ClientMessage, { type: Type }>;
  }
}

/** How the fake gateway behaves by itself. */
export interface FakeGatewayOptions {
  /** Whether it lets clients in by itself, in a microtask. Default `true`. */
  readonly accepts?: boolean;
  /** What it does with each message of a client. Default: it answers `ping` and `unsubscribe`. */
  readonly hears?: (socket: FakeSocket, message: ClientMessage) => void;
}

export class FakeGateway {
  /** Every connection there was, oldest first. */
  readonly sockets: FakeSocket[] = [];
  /** Give this to the client. */
  readonly WebSocket: WebSocketConstructor;
  /** Can be changed at any time. */
  accepts: boolean;

  constructor({ accepts = true, hears = answer }: FakeGatewayOptions = {}) {
    this.accepts = accepts;
    const connect = (url: string, protocols: string[]): FakeSocket => {
      const socket = new FakeSocket(url, protocols, hears);
      this.sockets.push(socket);
      queueMicrotask(() => this.accepts && socket.accept());
      return socket;
    };
    this.WebSocket = class {
      // A constructor that returns an object: `new` gives that one.
      constructor(url: string, protocols: string[]) {
        // biome-ignore lint/correctness/noConstructorReturn: the fake is what the client must get.
        return connect(url, protocols);
      }
    } as unknown as WebSocketConstructor;
  }

  /** The newest connection. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('No client has connected.');
    return socket;
  }
}

function answer(socket: FakeSocket, message: ClientMessage): void {
  if (message.type === 'ping') socket.say({ type: 'pong' });
  if (message.type === 'unsubscribe') socket.say({ type: 'unsubscribed', jobId: message.jobId, reason: 'requested' });
}
