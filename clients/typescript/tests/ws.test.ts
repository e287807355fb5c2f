import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
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
