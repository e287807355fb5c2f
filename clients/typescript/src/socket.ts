import type { WebSocketConstructor, WebSocketLike } from './options.ts';

export interface SocketListener {
  opened(): void;
  received(frame: unknown): void;
  /** It ended, or never opened. `said` is `''` where nobody has said why. */
  lost(said: string, closeCode: number): void;
}

/** Sockets of the package `ws` can tell why a handshake was refused; browsers keep that to themselves. */
interface NodeSocket {
  on?(name: 'unexpected-response', handler: (request: unknown, response: Refusal) => void): void;
}

interface Refusal {
  readonly statusCode: number;
  on(name: 'data' | 'end', handler: (chunk: string) => void): void;
}

/** Throws where there can't be one, as `new WebSocket` does. */
export function openSocket(
  WebSocket: WebSocketConstructor,
  url: string,
  token: string | null | undefined,
  listener: SocketListener,
): WebSocketLike {
  const protocols = ['optimization.v1'];
  if (token) protocols.push(`bearer.${token}`);
  const socket = new WebSocket(url, protocols);
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
  return socket;
}
