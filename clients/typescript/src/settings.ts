import type { BackoffOptions } from './backoff.ts';
import type { BatchMode } from './batch.ts';
import type { KeepAliveOptions } from './keepalive.ts';
import { checkNumber, invalid } from './limits.ts';
import type { GatewayClientOptions, GetToken, WebSocketConstructor } from './options.ts';

/** The options with their defaults, checked. */
export interface Settings {
  readonly url: string;
  readonly getToken: GetToken | undefined;
  readonly reconnect: BackoffOptions | false;
  readonly keepAlive: KeepAliveOptions | false;
  readonly networkEvents: boolean;
  /** On a server there may be none, nor any need of one. */
  readonly WebSocket: WebSocketConstructor | undefined;
  readonly batch: BatchMode;
  readonly idleTimeout: number;
  readonly maxSubscriptions: number;
}

/** Throws an `invalid_argument` that names the option. */
export function settingsOf(options: GatewayClientOptions): Settings {
  const { batch = 'frame', idleTimeout = 30_000, maxSubscriptions = 100, reconnect, keepAlive } = options;
  const { minDelay = 500, maxDelay = 20_000 } = reconnect || {};
  const { interval = 15_000, timeout = 10_000 } = keepAlive || {};
  checkNumber('reconnect.minDelay', minDelay, 1);
  checkNumber('reconnect.maxDelay', maxDelay, 1);
  checkNumber('keepAlive.interval', interval, 1);
  checkNumber('keepAlive.timeout', timeout, 1);
  checkNumber('idleTimeout', idleTimeout, 0);
  checkNumber('maxSubscriptions', maxSubscriptions, 1);
  if (batch !== 'frame' && batch !== false) checkNumber('batch', batch, 0);
  return {
    url: absolute(options.url),
    getToken: options.getToken,
    reconnect: reconnect !== false && { minDelay, maxDelay },
    keepAlive: keepAlive !== false && { interval, timeout },
    networkEvents: options.networkEvents !== false,
    WebSocket: options.WebSocket ?? globalThis.WebSocket,
    batch,
    idleTimeout,
    maxSubscriptions,
  };
}

/** Relative to the page as its links are, and ws for http. */
function absolute(url: string | URL): string {
  const base = globalThis.document?.baseURI ?? globalThis.location?.href;
  try {
    const { href, hash } = new URL(url, base ?? 'ws://a');
    // Where a server renders there is no page to be relative to: dialling it would say so, and nothing is dialled there.
    if (url && !hash && /^(ws|http)s?:/.test(href)) return base || /^\w+:/.test(`${url}`) ? href.replace(/^http/, 'ws') : `${url}`;
  } catch {
    // Said below. From a worker that was made of a blob nothing can be relative.
  }
  throw invalid('url', 'an address of ws, wss, http or https, whole or relative to the page', url);
}
