import type { BackoffOptions } from './backoff.ts';
import type { KeepAliveOptions } from './keepalive.ts';
import { check, checkNumber } from './limits.ts';
import type { GatewayClientOptions } from './options.ts';
import { webSocket } from './webSocket.ts';

type Defaulted = 'batch' | 'idleTimeout' | 'maxSubscriptions' | 'transports';

/** The options, checked, with their defaults. */
export interface Settings
  extends Omit<GatewayClientOptions, Defaulted>,
    BackoffOptions,
    KeepAliveOptions,
    Required<Pick<GatewayClientOptions, Defaulted>> {
  readonly url: string;
  job?: string | undefined;
}

/** Throws an `invalid_argument` that names the option. */
export function settingsOf(options: GatewayClientOptions): Settings {
  const {
    batch = 'frame',
    idleTimeout = 30_000,
    maxSubscriptions = 100,
    transports = [webSocket(options)],
    reconnect,
    keepAlive,
  } = options;
  const { minDelay = 500, maxDelay } = reconnect || {};
  const { interval = 15_000, timeout = 10_000 } = keepAlive || {};
  const numbers = { minDelay, maxDelay, interval, timeout, maxSubscriptions, idleTimeout };
  for (const [name, value = 1] of Object.entries(numbers)) checkNumber(name, value, name === 'idleTimeout' ? 0 : 1);
  if (batch !== 'frame' && batch !== false) checkNumber('batch', batch, 0);
  return { ...options, ...numbers, batch, transports, url: absolute(options.url) };
}

/** Relative to the page as its links are, and ws for http. Where a server renders there is no page, and nothing is dialled either. */
function absolute(given: string | URL): string {
  let url = '';
  try {
    const { href, hash } = new URL(given, globalThis.document?.baseURI ?? globalThis.location?.href ?? 'ws://x.invalid');
    if (given && !hash) url = href.replace(/^http/, 'ws');
  } catch {
    // Said below. In a worker that was made of a blob nothing can be relative.
  }
  check(/^wss?:/.test(url), 'url', 'a ws(s) or http(s) address or relative to the page', given);
  return url;
}
