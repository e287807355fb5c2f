import type { WebSocketConstructor } from './options.ts';
import type { Transport } from './transport.ts';

/** Sockets of the package `ws` can tell why a handshake was refused; browsers keep that to themselves. */
interface NodeSocket {
  on?(name: 'unexpected-response', handler: (request: unknown, response: Refusal) => void): void;
}

interface Refusal {
  readonly statusCode: number;
  on(name: 'data' | 'end', handler: (chunk: string) => void): void;
}

export interface WebSocketOptions {
  /** The WebSocket to use. Default: the global one. */
  readonly WebSocket?: WebSocketConstructor | undefined;
}

/** One WebSocket for everything: what a client uses unless `transports` says otherwise. */
export function webSocket(options?: WebSocketOptions): Transport {
  return {
    open: ({ url, job }, token, listener) => {
      const WebSocket = options?.WebSocket ?? globalThis.WebSocket;
      if (!WebSocket) throw new Error('set the option WebSocket, in Node.js to that of the package ws');
      const protocols = ['optimization.v1'];
      if (token) protocols.push(`bearer.${token}`);
      const hint = job ? `${url.includes('?') ? '&' : '?'}job=${encodeURIComponent(job)}` : '';
      const socket = new WebSocket(url + hint, protocols);
      let said = '';
      // A close follows. This stays when the socket is let go: an error that nobody hears ends the process in `ws`.
      socket.onerror = ({ message = '' }: ErrorEvent) => {
        said ||= message;
      };
      socket.onopen = () => listener.opened();
      socket.onmessage = ({ data }: MessageEvent<unknown>) => listener.received(data);
      socket.onclose = ({ code, reason }: CloseEvent) => listener.lost(reason || said, code);
      (socket as NodeSocket).on?.('unexpected-response', (_, response) => {
        said = `HTTP ${response.statusCode}`;
        response.on('data', (problem) => {
          try {
            said += ` ${(JSON.parse(problem) as { detail: string }).detail}`;
          } catch {
            // The status has to do.
          }
        });
        response.on('end', () => socket.close());
      });
      return {
        send: (message) => socket.send(message),
        close: () => {
          socket.onopen = socket.onmessage = socket.onclose = null;
          socket.close(1000);
        },
      };
    },
  };
}
