import { Fallback } from './fallbackWire.ts';
import { type HttpOptions, HttpWire } from './httpWire.ts';
import type { Transport, TransportOptions } from './transport.ts';

export type { HttpOptions } from './httpWire.ts';

/** Plain HTTP (PROTOCOL.md section 11), instead of the WebSocket that stands before it in `transports` where that doesn't get through. */
export function http(options: HttpOptions = {}): Transport {
  const fallbacks = new WeakMap<TransportOptions, Fallback>();
  const alone: Transport = { open: ({ url }, token, listener) => new HttpWire(options, url, token, listener) };
  return {
    open: (client, token, listener) => {
      const [better] = client.transports;
      if (!better || client.transports.length === 1) return alone.open(client, token, listener);
      const fallback = fallbacks.get(client) ?? new Fallback(client, better, alone);
      fallbacks.set(client, fallback);
      return fallback.open(token, listener);
    },
  };
}
