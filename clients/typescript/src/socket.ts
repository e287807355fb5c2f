import type { WebSocketConstructor, WebSocketLike } from './options.ts';

export interface SocketListener {
  opened(socket: WebSocketLike): void;
  received(frame: unknown): void;
  /** It ended, or never opened. `reason` is `''` where nobody has said why. */
  lost(reason: string, closeCode: number): void;
}

/** What sockets of the package `ws` also tell; browsers keep it to themselves. */
interface RefusalSource {
  on?(name: 'unexpected-response', handler: (request: unknown, response: Refusal) => void): void;
}

interface Refusal {
  readonly statusCode: number;
  on(name: 'data' | 'end', handler: (chunk: string) => void): void;
}

/** More of a refusal's body isn't read. */
const mostText = 9999;

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
    said = message;
  };
  socket.onopen = () => listener.opened(socket);
  socket.onmessage = ({ data }: MessageEvent<unknown>) => listener.received(data);
  socket.onclose = ({ code, reason }: CloseEvent) => listener.lost(reason || said, code);
  (socket as RefusalSource).on?.('unexpected-response', (_, response) => {
    let text = '';
    response.on('data', (chunk) => {
      if (text.length < mostText) text += chunk;
    });
    // It has no handler any more where it was let go meanwhile.
    response.on('end', () => socket.onclose?.({ code: 1006, reason: `HTTP ${response.statusCode} ${detailOf(text)}` } as never));
  });
  return socket;
}

/** The text for people of a problem+json body. */
function detailOf(text: string): string {
  try {
    return (JSON.parse(text) as { detail?: string }).detail ?? '';
  } catch {
    return '';
  }
}
