import type { GatewayClientOptions } from './options.ts';

/** What is told of a connection. */
export interface TransportListener {
  opened(): void;
  /** A message of the gateway, as JSON. */
  received(frame: unknown): void;
  /** It ended, or never opened. `said` is `''` where nobody has said why; the codes are those of PROTOCOL.md section 7. The client then closes it. */
  lost(said: string, closeCode?: number | null): void;
}

/** One connection, whatever carries it. */
export interface Wire {
  /** Sends a message, as JSON. One that ended meanwhile ignores it. */
  send(message: string): void;
  /** Ends it; nothing is told of it any more. */
  close(): void;
}

/** What a transport is told of the client. */
export interface TransportOptions extends Pick<GatewayClientOptions, 'storage'> {
  /** The gateway's WebSocket endpoint, absolute. */
  readonly url: string;
  readonly transports: readonly Transport[];
  /** A job that is watched: a hint for proxies, so that its viewers meet at one gateway. */
  job?: string | undefined;
}

/** Carries the messages of PROTOCOL.md sections 2 and 3 to the gateway and back. */
export interface Transport {
  /**
   * Connects to `url`, by itself or by a better one: those that stand before it in `transports`. A client asks only its last transport.
   * Tells the listener nothing before it returns. Throws where there can't be a connection.
   */
  open(client: TransportOptions, token: string | null | undefined, listener: TransportListener): Wire;
}
