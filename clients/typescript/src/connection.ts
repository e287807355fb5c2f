import { backoffDelay } from './backoff.ts';
import { isFinalCloseCode, tokenExpired } from './closeCodes.ts';
import { GatewayError } from './errors.ts';
import { afterSleep, KeepAlive } from './keepalive.ts';
import { later } from './limits.ts';
import type { ClientMessage } from './messages.ts';
import type { ClientEvents, GetToken, WebSocketLike } from './options.ts';
import { type Pace, paced } from './pace.ts';
import { listenToPage, type PageListener } from './pageEvents.ts';
import type { Settings } from './settings.ts';
import { openSocket, type SocketListener } from './socket.ts';

export type ConnectionState = 'idle' | 'connecting' | 'open' | 'reconnecting' | 'offline' | 'closed';

export interface ConnectionSnapshot {
  readonly state: ConnectionState;
  /** When this state began, in ms since 1970. */
  readonly since: number;
  /** Why there is no connection, for people; `''` if there is one or none was wanted. */
  readonly reason: string;
  /** The code with which the gateway or the network ended the last one; `null` if neither did, or without a code. */
  readonly closeCode: number | null;
  /** When the next attempt is made, in ms since 1970; `null` while one is being made or none is planned. */
  readonly retryAt: number | null;
}

export interface ConnectionListener {
  emit<Name extends keyof ClientEvents>(name: Name, value: ClientEvents[Name]): void;
  opened(): void;
  received(frame: unknown): void;
  /** The page is left; the socket still stands. */
  hidden(): void;
  /** The socket is gone. */
  lost(): void;
}

/**
 * What is going on. Only a phase's own timer runs, and nothing is done for a phase that was left: late tokens and sockets find another one.
 *
 *     idle ─► dialling ─► open ─► waiting ─► dialling …
 *                │          │        └► offline (the network is gone) ─► dialling
 *                └──────────┴─► suspended (the page is in the back/forward cache) ─► dialling
 *                           └─► closed (by us, or by a code that says so)
 */
interface Phase {
  readonly at: 'idle' | 'dialling' | 'open' | 'waiting' | 'offline' | 'suspended' | 'closed';
  socket?: WebSocketLike;
  timer?: ReturnType<typeof setTimeout> | undefined;
  /** Where something can be sent. */
  pace?: Pace;
}

/** How long a token may take to come and a socket to open, together. */
const openTimeoutMs = 10_000;
/** A connection that lasted this long was a good one: the next trouble starts with short delays again. */
const stableMs = 5000;
/** After so many attempts of which none has ever opened it is said what to check: a browser tells nothing. */
const hintAfter = 3;

const noTrouble = { reason: '', closeCode: null };

export class Connection implements PageListener, SocketListener {
  snapshot: ConnectionSnapshot = { ...noTrouble, state: 'idle', since: Date.now(), retryAt: null };
  /** When anything came last, in ms since 1970. */
  heardAt = 0;
  /** Why the other side doesn't want us back. */
  final: GatewayError | null = null;
  readonly #settings: Settings;
  readonly #listener: ConnectionListener;
  readonly #keepAlive: KeepAlive | undefined;
  #phase: Phase = { at: 'idle' };
  #attempts = 0;
  #openedAt = 0;
  #expired = false;
  #stopListening: (() => void) | undefined;

  constructor(settings: Settings, listener: ConnectionListener) {
    this.#settings = settings;
    this.#listener = listener;
    if (settings.keepAlive === false) return;
    this.#keepAlive = new KeepAlive(
      settings,
      () => this.send({ type: 'ping' }),
      () => this.lost('no answer to a ping'),
    );
  }

  get isOpen(): boolean {
    return this.#phase.at === 'open';
  }

  /** Whether it comes back by itself. */
  get isWanted(): boolean {
    return this.#phase.at !== 'idle' && this.#phase.at !== 'closed';
  }

  /** Starts, also after a final close. Where attempts are being made already it makes the next one now. */
  connect(): void {
    if (this.#settings.networkEvents !== false) this.#stopListening ??= listenToPage(this);
    if (this.isOpen || this.#phase.at === 'dialling') return;
    this.#dial();
  }

  /** Ends it with 1000. `idle` where it is only not needed at the moment. */
  close(state: 'closed' | 'idle'): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
    this.#attempts = 0;
    this.final = null;
    this.#leave({ at: state }, { ...noTrouble, state });
  }

  /** Without a connection nothing is sent: whoever needs it says it anew when there is one. */
  send(message: ClientMessage): void {
    const { socket, pace } = this.#phase;
    // A socket that was closed meanwhile ignores it.
    pace?.(() => socket?.send(JSON.stringify(message)));
  }

  /** Asks for a sign of life now. */
  probe(haste?: number): void {
    if (this.isOpen) this.#keepAlive?.probe(haste);
  }

  /** The page is seen again or the network is back: no reason to wait any longer. */
  readonly woke = (): void => {
    this.probe(afterSleep);
    if (this.isWanted) this.connect();
  };

  /** The network is gone: nothing is tried until it is back. */
  readonly offline = (): void => {
    if (this.isWanted) this.#waitForNetwork();
  };

  /** A page with an open socket can't stay in the back/forward cache. */
  readonly hidden = (): void => {
    this.#listener.hidden();
    if (this.isWanted) this.#leave({ at: 'suspended' }, { state: 'reconnecting', reason: 'the page was left' });
  };

  #waitForNetwork(): void {
    this.#leave({ at: 'offline' }, { state: 'offline', reason: 'the browser is offline' });
  }

  /** `navigator.onLine` may be wrong about being online, hardly ever about being offline. */
  get #isOffline(): boolean {
    return this.#settings.networkEvents !== false && globalThis.navigator?.onLine === false;
  }

  #dial(): void {
    if (this.#isOffline) return this.#waitForNetwork();
    const phase: Phase = { at: 'dialling', timer: setTimeout(() => this.lost('no connection in time'), openTimeoutMs) };
    this.#enter(phase, { state: this.#openedAt || this.#attempts ? 'reconnecting' : 'connecting' });
    if (phase !== this.#phase) return;
    const { getToken } = this.#settings;
    if (getToken) this.#askToken(phase, getToken);
    else this.#openSocket(phase);
  }

  async #askToken(phase: Phase, getToken: GetToken): Promise<void> {
    try {
      this.#openSocket(phase, await getToken({ expired: this.#expired }));
    } catch (cause) {
      if (phase !== this.#phase) return;
      this.#listener.emit('error', new GatewayError('token_failed', 'getToken failed', { cause, retryable: true }));
      this.lost('getToken failed');
    }
  }

  #openSocket(phase: Phase, token?: string | null): void {
    if (phase !== this.#phase) return;
    const { WebSocket = globalThis.WebSocket, url } = this.#settings;
    if (!WebSocket) return this.#refuse('set the option WebSocket, in Node.js before 22 to that of the package ws');
    try {
      phase.socket = openSocket(WebSocket, url, token, this);
    } catch (cause) {
      // Browsers name the subprotocol that they refuse.
      this.#refuse((cause as Error).message.replaceAll(token || '\0', '…'), cause);
    }
  }

  #refuse(why: string, cause?: unknown): void {
    this.#giveUp(new GatewayError('connection_refused', `no socket could be made: ${why}`, { cause }));
  }

  opened(socket: WebSocketLike): void {
    this.#openedAt = this.heardAt = Date.now();
    this.#expired = false;
    const phase: Phase = { at: 'open', socket, pace: paced() };
    this.#enter(phase, { ...noTrouble, state: 'open' });
    // A handler of the state may have closed it.
    if (phase !== this.#phase) return;
    this.#keepAlive?.start();
    this.#listener.opened();
  }

  received(frame: unknown): void {
    this.heardAt = Date.now();
    this.#keepAlive?.heard();
    this.#listener.received(frame);
  }

  /** Comes back later, or at once after a long connection whose token has expired, or not at all. */
  lost(said: string, closeCode?: number): void {
    const { reconnect, getToken, url } = this.#settings;
    let reason = said || (this.isOpen ? 'the connection was lost' : 'no connection could be made');
    if (!this.#openedAt && this.#phase.socket && this.#attempts >= hintAfter - 1)
      reason += `. Check the URL ${url.split('?')[0]}, the gateway's allowed origins and TLS`;
    this.#expired ||= closeCode === tokenExpired;
    if (reconnect === false || isFinalCloseCode(closeCode))
      return this.#giveUp(new GatewayError('connection_closed', reason, { closeCode }));
    if (this.#isOffline) return this.#waitForNetwork();
    if (this.isOpen && Date.now() - this.#openedAt >= stableMs) this.#attempts = 0;
    const renew = closeCode === tokenExpired && !this.#attempts && getToken;
    const delay = renew ? 0 : backoffDelay(this.#attempts, this.#settings);
    this.#attempts++;
    const timer = later(() => this.#dial(), delay);
    const retryAt = timer === undefined ? null : Date.now() + delay;
    this.#leave({ at: 'waiting', timer }, { state: 'reconnecting', reason, closeCode: closeCode ?? null, retryAt });
  }

  #giveUp(error: GatewayError): void {
    this.#attempts = 0;
    this.final = error;
    this.#leave({ at: 'closed' }, { state: 'closed', reason: error.message, closeCode: error.details.closeCode ?? null });
    this.#listener.emit('error', error);
  }

  /** Lets go of the socket, whatever it still says. */
  #leave(phase: Phase, snapshot: Partial<ConnectionSnapshot>): void {
    const { socket } = this.#phase;
    this.#keepAlive?.stop();
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close(1000);
    }
    this.#enter(phase, snapshot);
    if (phase === this.#phase) this.#listener.lost();
  }

  #enter(phase: Phase, snapshot: Partial<ConnectionSnapshot>): void {
    clearTimeout(this.#phase.timer);
    this.#phase = phase;
    const since = snapshot.state === this.snapshot.state ? this.snapshot.since : Date.now();
    this.snapshot = { ...this.snapshot, retryAt: null, since, ...snapshot };
    this.#listener.emit('state', this.snapshot);
  }
}
