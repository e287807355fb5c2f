import { Fallback } from './fallbackWire.ts';
import { type HttpOptions, HttpWire } from './httpWire.ts';
import type { Transport } from './transport.ts';

export type { HttpOptions } from './httpWire.ts';

/** Plain HTTP (PROTOCOL.md section 11), instead of the WebSocket that stands before it in `transports` where that doesn't get through. One for each client. */
export function http(options: HttpOptions = {}): Transport {
  let fallback: Fallback | undefined;
  const alone: Transport = { open: (client, token, listener) => new HttpWire(options, client, token, listener) };
  return {
    open: (client, token, listener) => {
      const [better, other] = client.transports;
      if (!better || !other) return alone.open(client, token, listener);
      fallback ??= new Fallback(client, better, alone);
      return fallback.open(token, listener);
    },
  };
}
