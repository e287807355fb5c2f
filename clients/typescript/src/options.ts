import type { BackoffOptions } from './backoff.ts';
import type { BatchMode } from './batch.ts';
import type { ConnectionSnapshot } from './connection.ts';
import type { GatewayError } from './errors.ts';
import type { KeepAliveOptions } from './keepalive.ts';
import type { GatewayStorage } from './storage.ts';
import type { Transport } from './transport.ts';

/** What happens to the client as a whole. */
export interface ClientEvents {
  /** The connection's state changed. */
  readonly state: ConnectionSnapshot;
  /** Something failed that belongs to no job: storage, token, a message the gateway refused, a final close. */
  readonly error: GatewayError;
}

/** Why a token is wanted. */
export interface TokenRequest {
  /** Whether the last one was refused as expired (4401): don't answer from a cache. */
  readonly expired: boolean;
}

export type GetToken = (request: TokenRequest) => string | null | undefined | Promise<string | null | undefined>;

/** Times are in ms. One that is longer than timers can hold (2,147,483,647 ms, 24.8 days) or `Infinity` is never over. */
export interface GatewayClientOptions {
  /** The gateway's endpoint, `wss://gateway.example/ws/optimization`. One that is relative is resolved as the page's links are; http(s) means ws(s). */
  readonly url: string | URL;
  /** A bearer token for each attempt to connect; sent as a subprotocol. Default: none. */
  readonly getToken?: GetToken;
  /** Delays between attempts to reconnect, with full jitter; `false`: never. Default `{ minDelay: 500, maxDelay: 20_000 }`, in ms, at least 1; while the page is visible 10_000. */
  readonly reconnect?: Partial<BackoffOptions> | false;
  /** Finding out that a socket is dead; `false`: never asked. Default `{ interval: 15_000, timeout: 10_000 }`, in ms, at least 1. */
  readonly keepAlive?: Partial<KeepAliveOptions> | false;
  /** Whether the page's events count: online, offline, pageshow, pagehide, visibilitychange, resume. Default `true`. */
  readonly networkEvents?: boolean;
  /** When received events reach handlers and snapshots: `'frame'`, a number of ms of at least 0, or `false` for at once. Default `'frame'`. */
  readonly batch?: BatchMode;
  /** Where cursors and best results are kept; `false`: nowhere. Default: the page's `sessionStorage`, if there is one. */
  readonly storage?: GatewayStorage | false;
  /** Whether to connect with the first watched job rather than at once. Default `true`. */
  readonly lazy?: boolean;
  /** How long a lazy client keeps the connection after the last job was let go, in ms, at least 0. Default 30,000. */
  readonly idleTimeout?: number;
  /** How many jobs are subscribed to at once; more wait for a place. Default 100, which is what the gateway allows unless it is set otherwise. */
  readonly maxSubscriptions?: number;
  /** The ways to the gateway, the best first. Default: a WebSocket alone. */
  readonly transports?: readonly [Transport, ...Transport[]];
  /** The WebSocket to use, unless `transports` is given. Default: the global one. */
  readonly WebSocket?: WebSocketConstructor;
  /** Closes the client when aborted. */
  readonly signal?: AbortSignal;
  /** Handlers that are there from the start. */
  readonly on?: { readonly [Name in keyof ClientEvents]?: (value: ClientEvents[Name]) => void };
}

/** As much of a WebSocket as is used. */
export interface WebSocketLike {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

export interface WatchOptions {
  /**
   * Where to begin. A number: after that event, so 0 is the whole history. `'stored'`: where this browser was, if it knows, else 0.
   * `'latest'`: only what happens from now on. Default 0. Of several watchers of one job the first decides.
   */
  readonly afterEventId?: number | 'stored' | 'latest' | undefined;
  /** Unsubscribes when aborted. */
  readonly signal?: AbortSignal | undefined;
  /** How many events a snapshot keeps, the newest. Default 10,000. Of several watchers of one job the largest counts. */
  readonly maxEvents?: number | undefined;
  /** Whether the cursor and the best result are stored. Default `true`. */
  readonly persist?: boolean | undefined;
}

export interface ReplayOptions {
  /** After which event; 0 is the whole history. Default 0. */
  readonly afterEventId?: number | undefined;
  /** Gives up when aborted: the promise is rejected with its reason. */
  readonly signal?: AbortSignal | undefined;
}
