import { backoffDelay } from './backoff.ts';
import { isFinalCloseCode, tokenExpired } from './closeCodes.ts';
import { GatewayError } from './errors.ts';
import { afterSleep, createKeepAlive, type KeepAlive } from './keepalive.ts';
import { later } from './limits.ts';
import type { ClientMessage } from './messages.ts';
import type { ClientEvents } from './options.ts';
import { type Pace, paced } from './pace.ts';
import { listenToPage, type PageListener } from './pageEvents.ts';
import type { Settings } from './settings.ts';
import type { TransportListener, Wire } from './transport.ts';

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
  /** The id of a job that is watched. */
  anyJob(): string | undefined;
  /** The page is left; the socket still stands. */
  hidden(): void;
  /** The socket is gone. */
  lost(): void;
}

/** How long a token may take to come and a socket to open, together. */
const openTimeoutMs = 10_000;
/** A connection that lasted this long was a good one: the next trouble starts with short delays again. */
const stableMs = 5000;
/** After so many attempts of which none has ever opened it is said what to check: a browser tells nothing. */
const hintAfter = 3;

const noTrouble = { reason: '', closeCode: null, retryAt: null };

/**
 * Only a state's own timer runs, and nothing is done for a state that was left: late tokens and sockets find another snapshot.
 *
 *     idle ─► dialling ─► open ─► waiting ─► dialling …
 *                │          │        └► offline (the network is gone) ─► dialling
 *                └──────────┴─► the page is in the back/forward cache ─► dialling
 *                           └─► closed (by us, or by a code that says so)
 */
export class Connection implements PageListener, TransportListener {
  snapshot: ConnectionSnapshot = { ...noTrouble, state: 'idle', since: Date.now() };
  /** When anything came last, in ms since 1970. */
  heardAt = 0;
  /** Why the other side doesn't want us back. */
  final: GatewayError | null = null;
  readonly #settings: Settings;
  readonly #listener: ConnectionListener;
  readonly #keepAlive: KeepAlive | undefined;
  #socket: Wire | undefined;
  #timer: ReturnType<typeof later>;
  /** Where something can be sent. */
  #pace: Pace | undefined;
  #isDialling = false;
  #attempts = 0;
  #openedAt = 0;
  #expired = false;
  #stopListening: (() => void) | undefined;

  constructor(settings: Settings, listener: ConnectionListener) {
    this.#settings = settings;
    this.#listener = listener;
    if (settings.keepAlive === false) return;
    this.#keepAlive = createKeepAlive(
      settings,
      () => this.send({ type: 'ping' }),
      () => this.lost('no answer to a ping'),
    );
  }

  get isOpen(): boolean {
    return this.snapshot.state === 'open';
  }

  /** Whether it comes back by itself. */
  get isWanted(): boolean {
    return this.snapshot.state !== 'idle' && this.snapshot.state !== 'closed';
  }

  /** Starts, also after a final close. Where attempts are being made already it makes the next one now. */
  connect(): void {
    if (this.#settings.networkEvents !== false) this.#stopListening ??= listenToPage(this);
    if (!this.isOpen && !this.#isDialling) this.#dial();
  }

  /** Ends it with 1000. `idle` where it is only not needed at the moment. */
  close(state: 'closed' | 'idle'): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
    this.#attempts = 0;
    this.final = null;
    this.#leave({ ...noTrouble, state });
  }

  /** Without a connection nothing is sent: whoever needs it says it anew when there is one. */
  send(message: ClientMessage): void {
    const socket = this.#socket;
    // A socket that was closed meanwhile ignores it.
    this.#pace?.(() => socket?.send(JSON.stringify(message)));
  }

  /** Asks for a sign of life now. */
  probe(haste?: number): void {
    this.#keepAlive?.probe(haste);
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
    if (this.isWanted) this.#leave({ state: 'reconnecting', reason: 'the page was left' });
  };

  /** `navigator.onLine` may be wrong about being online, hardly ever about being offline. */
  get #isOffline(): boolean {
    return this.#settings.networkEvents !== false && globalThis.navigator?.onLine === false;
  }

  #waitForNetwork(): void {
    this.#leave({ state: 'offline', reason: 'the browser is offline' });
  }

  #dial(): void {
    if (this.#isOffline) return this.#waitForNetwork();
    const timer = setTimeout(() => this.lost('no connection in time'), openTimeoutMs);
    const state = this.#openedAt || this.#attempts ? 'reconnecting' : 'connecting';
    if (this.#enter({ state }, timer, true)) void this.#openSocket();
  }

  /** At once where no token is needed. */
  async #openSocket(): Promise<void> {
    const { snapshot } = this;
    const { getToken, transports } = this.#settings;
    let token: string | null | undefined;
    try {
      token = getToken && (await getToken({ expired: this.#expired }));
    } catch (cause) {
      if (snapshot === this.snapshot) {
        this.lost('getToken failed');
        this.#listener.emit('error', new GatewayError('token_failed', 'getToken failed', { cause, retryable: true }));
      }
      return;
    }
    if (snapshot !== this.snapshot) return;
    this.#settings.job = this.#listener.anyJob();
    try {
      this.#socket = transports.at(-1)?.open(this.#settings, token, this);
    } catch (cause) {
      // Browsers name the subprotocol that they refuse.
      const why = `no socket: ${(cause as Error).message}`.replaceAll(token || '\0', '…');
      this.#giveUp(new GatewayError('connection_refused', why, { cause }));
    }
  }

  opened(): void {
    this.#openedAt = this.heardAt = Date.now();
    this.#expired = false;
    this.#pace = paced();
    // A handler of the state may have closed it.
    if (!this.#enter({ ...noTrouble, state: 'open' })) return;
    this.#keepAlive?.heard();
    this.#listener.opened();
  }

  received(frame: unknown): void {
    this.heardAt = Date.now();
    this.#keepAlive?.heard();
    this.#listener.received(frame);
  }

  /** Comes back later, or at once after a long connection whose token has expired, or not at all. */
  lost(said: string, closeCode: number | null = null): void {
    const { reconnect, getToken, url } = this.#settings;
    let reason = said || (this.isOpen ? 'the connection was lost' : 'no connection could be made');
    if (!this.#openedAt && this.#socket && this.#attempts >= hintAfter - 1)
      reason += `. Check the URL ${url.split('?')[0]}, the gateway's allowed origins and TLS`;
    const isExpired = closeCode === tokenExpired;
    this.#expired ||= isExpired;
    if (reconnect === false || isFinalCloseCode(closeCode))
      return this.#giveUp(new GatewayError('connection_closed', reason, { closeCode: closeCode ?? undefined }));
    if (this.#isOffline) return this.#waitForNetwork();
    if (this.isOpen && Date.now() - this.#openedAt >= stableMs) this.#attempts = 0;
    const delay = isExpired && !this.#attempts && getToken ? 0 : backoffDelay(this.#attempts, this.#settings);
    this.#attempts++;
    const timer = later(() => this.#dial(), delay);
    this.#leave({ state: 'reconnecting', reason, closeCode, retryAt: timer ? Date.now() + delay : null }, timer);
  }

  #giveUp(error: GatewayError): void {
    this.#attempts = 0;
    this.final = error;
    this.#leave({ state: 'closed', reason: error.message, closeCode: error.details.closeCode ?? null });
    this.#listener.emit('error', error);
  }

  /** Lets go of the socket, whatever it still says. */
  #leave(changes: Partial<ConnectionSnapshot>, timer?: ReturnType<typeof later>): void {
    const socket = this.#socket;
    this.#socket = this.#pace = undefined;
    this.#keepAlive?.stop();
    socket?.close();
    if (this.#enter(changes, timer)) this.#listener.lost();
  }

  /** Returns false where a handler has left the state again. */
  #enter(changes: Partial<ConnectionSnapshot>, timer?: ReturnType<typeof later>, isDialling = false): boolean {
    clearTimeout(this.#timer);
    this.#timer = timer;
    this.#isDialling = isDialling;
    const since = changes.state === this.snapshot.state ? this.snapshot.since : Date.now();
    const snapshot = { ...this.snapshot, retryAt: null, since, ...changes };
    this.snapshot = snapshot;
    this.#listener.emit('state', snapshot);
    return snapshot === this.snapshot;
  }
}
