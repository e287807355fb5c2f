import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type ConnectionSnapshot, createGatewayClient, type GatewayClient } from '../src/index.ts';

// Node.js before 22 has no WebSocket; `ws` is the one that is used there. An error of its sockets that nobody hears ends the process.

let uncaught: unknown[];
const collect = (error: unknown): void => void uncaught.push(error);

beforeEach(() => {
  uncaught = [];
  process.on('uncaughtException', collect);
});

afterEach(() => {
  process.off('uncaughtException', collect);
});

async function listen(port = 0): Promise<{ readonly server: WebSocketServer; readonly port: number }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port, handleProtocols: () => 'optimization.v1' });
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

/** As a process that is killed: no close frame is sent. */
async function kill(server: WebSocketServer): Promise<void> {
  for (const socket of server.clients) socket.terminate();
  await new Promise((closed) => server.close(closed));
}

const connectTo = (port: number): GatewayClient =>
  createGatewayClient({ url: `ws://127.0.0.1:${port}/`, WebSocket, lazy: false, reconnect: { minDelay: 10, maxDelay: 20 } });

function until(client: GatewayClient, isSo: (snapshot: ConnectionSnapshot) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!isSo(client.getSnapshot())) return;
      stop();
      resolve();
    };
    const stop = client.subscribe(look);
    look();
  });
}

it('A first dial to a gateway that is away is tried again until it is there', async () => {
  const { server, port } = await listen();
  await kill(server);
  const client = connectTo(port);
  let refused = 0;
  await until(client, ({ retryAt }) => retryAt !== null && ++refused === 3);
  const back = await listen(port);
  await until(client, ({ state }) => state === 'open');
  client.close();
  await kill(back.server);
  expect(uncaught).toEqual([]);
});

it('A gateway that is killed is dialled until it is back', async () => {
  const { server, port } = await listen();
  const client = connectTo(port);
  await until(client, ({ state }) => state === 'open');
  await kill(server);
  let refused = 0;
  await until(client, ({ retryAt }) => retryAt !== null && ++refused === 3);
  expect(client.getSnapshot()).toMatchObject({ state: 'reconnecting', closeCode: 1006 });
  const back = await listen(port);
  await until(client, ({ state }) => state === 'open');
  client.close();
  await kill(back.server);
  expect(uncaught).toEqual([]);
});

it('A gateway that refuses says why: the HTTP status and its text', async () => {
  const refusals = [
    { status: 403, body: JSON.stringify({ title: 'Forbidden', detail: 'The origin http://a isn’t allowed.' }) },
    { status: 502, body: '<html>Bad gateway</html>' },
    { status: 503, body: '' },
  ];
  const server = createServer((_, response) => response.writeHead(426).end());
  server.on('upgrade', (_, socket) => {
    const { status, body } = refusals[asked++] ?? { status: 404, body: '' };
    socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
  });
  let asked = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connectTo(port);
  const reasons: string[] = [];
  client.on('state', ({ retryAt, reason, closeCode }) => retryAt && reasons.push(`${closeCode} ${reason}`));
  await until(client, () => reasons.length === 4);
  client.close();
  server.close();
  const check = `. Check the URL ws://127.0.0.1:${port}/, the gateway's allowed origins and TLS`;
  expect(reasons).toEqual([
    '1006 HTTP 403 The origin http://a isn’t allowed.',
    '1006 HTTP 502',
    `1006 HTTP 503${check}`,
    `1006 HTTP 404${check}`,
  ]);
  expect(uncaught).toEqual([]);
});

it('A gateway that is away is named by what the network says', async () => {
  const { server, port } = await listen();
  await kill(server);
  const client = connectTo(port);
  await until(client, ({ retryAt }) => retryAt !== null);
  expect(client.getSnapshot().reason).toBe(`connect ECONNREFUSED 127.0.0.1:${port}`);
  client.close();
});

it('Without any WebSocket it is said which option and package there are', async () => {
  vi.stubGlobal('WebSocket', undefined);
  const errors: unknown[] = [];
  const client = createGatewayClient({ url: 'ws://127.0.0.1:1/', lazy: false, on: { error: (error) => errors.push(error) } });
  vi.unstubAllGlobals();
  const reason = 'no socket: set the option WebSocket, in Node.js to that of the package ws';
  expect(client.getSnapshot()).toMatchObject({ state: 'closed', reason });
  expect(errors).toMatchObject([{ code: 'connection_refused' }]);
  await expect(client.watch('job-1')[Symbol.asyncIterator]().next()).rejects.toMatchObject({ message: reason });
});

it('A client may be closed while its socket is being opened', async () => {
  const { server, port } = await listen();
  const closed: Promise<unknown>[] = [];
  class Heard extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      closed.push(new Promise((resolve) => this.on('close', resolve)));
    }
  }
  const client = createGatewayClient({ url: `ws://127.0.0.1:${port}/`, WebSocket: Heard, lazy: false });
  client.close();
  await Promise.all(closed);
  expect(closed).toHaveLength(1);
  expect(client.state).toBe('closed');
  await kill(server);
  expect(uncaught).toEqual([]);
});
