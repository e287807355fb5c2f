// From a cut to live again. Each client has a server of its own kind here, on loopback, and watches one thing; in each round all
// the sockets are reset at the same moment, and the time is taken until each client's application has its first message again.
// Default options all over; where a client doesn't subscribe again by itself, its application does what its documentation says.
// Nothing but timers runs meanwhile, so that clients in one round don't hinder each other. The servers accept at once:
// this measures the first delay that a client chooses. It is no virtue by itself: many clients of a restarted server
// that all come at once are its next outage, which is what jitter is for.

import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { Centrifuge } from 'centrifuge';
import { createClient } from 'graphql-ws';
import { WebSocket, WebSocketServer } from 'ws';
import { createGatewayClient } from '../../clients/typescript/dist/index.js';

globalThis.WebSocket = WebSocket;
const { default: ReconnectingWebSocket } = await import('partysocket/ws');

const rounds = Number(process.argv[2] ?? 20);
const event = { id: 1, eventType: 'iteration_completed', iteration: 1, stage: '', data: { score: 1 }, timestamp: '2026-01-01T00:00:00.000Z' };
const separator = '\x1e';

/** Per client: what its server answers, and how its application listens. */
const clients = {
  '@optimization-gateway/client': {
    protocol: 'optimization.v1',
    answer({ type, jobId, requestId }, say) {
      if (type !== 'subscribe') return;
      say({ type: 'subscribed', jobId, lastEventId: 1, requestId });
      say({ type: 'replay', jobId, data: [event], hasMore: false });
    },
    start(url, live) {
      const client = createGatewayClient({ url, WebSocket });
      client.watch('job-1').on('status', (status) => status === 'live' && live());
    },
  },
  partysocket: {
    answer: (_, say) => say({ event }),
    start(url, live) {
      const socket = new ReconnectingWebSocket(url);
      socket.addEventListener('open', () => socket.send('{}'));
      socket.addEventListener('message', live);
    },
  },
  'graphql-ws': {
    protocol: 'graphql-transport-ws',
    answer({ type, id }, say) {
      if (type === 'connection_init') say({ type: 'connection_ack' });
      if (type === 'subscribe') say({ type: 'next', id, payload: { data: { event } } });
    },
    start(url, live) {
      createClient({ url, webSocketImpl: WebSocket }).subscribe({ query: 'subscription { event }' }, { next: live, error: console.error, complete() {} });
    },
  },
  centrifuge: {
    answer({ id, connect, subscribe }, say) {
      if (connect) say({ id, connect: { client: 'c', version: '6', ping: 25, pong: true } });
      if (subscribe) {
        say({ id, subscribe: {} });
        say({ push: { channel: 'job-1', pub: { data: event } } });
      }
    },
    start(url, live) {
      const client = new Centrifuge(url, { websocket: WebSocket });
      const subscription = client.newSubscription('job-1');
      subscription.on('publication', live);
      subscription.subscribe();
      client.connect();
    },
  },
  '@microsoft/signalr': {
    separator,
    answer({ protocol, target, invocationId }, say) {
      if (protocol) say({});
      if (target === 'watch') {
        if (invocationId) say({ type: 3, invocationId });
        say({ type: 1, target: 'event', arguments: [event] });
      }
    },
    start(url, live) {
      const hub = new HubConnectionBuilder()
        .withUrl(url, { skipNegotiation: true, transport: HttpTransportType.WebSockets })
        .configureLogging(LogLevel.None)
        .withAutomaticReconnect()
        .build();
      hub.on('event', live);
      hub.onreconnected(() => hub.send('watch'));
      hub.start().then(() => hub.send('watch'), console.error);
    },
  },
};

const peers = await Promise.all(
  Object.entries(clients).map(async ([name, { protocol, separator = '', answer, start }]) => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => protocol ?? false });
    server.on('connection', (socket) =>
      socket.on('message', (text) => {
        const say = (message) => socket.send(JSON.stringify(message) + separator);
        for (const part of String(text).split(separator || '\n').filter(Boolean)) answer(JSON.parse(part), say);
      }),
    );
    await new Promise((resolve) => server.once('listening', resolve));
    const peer = { name, times: [], live: () => {} };
    start(`${separator ? 'http' : 'ws'}://127.0.0.1:${server.address().port}/`, () => peer.live());
    peer.whenLive = () => new Promise((resolve) => Object.assign(peer, { live: () => resolve(performance.now()) }));
    peer.cut = () => {
      for (const socket of server.clients) socket.terminate();
    };
    return peer;
  }),
);

await Promise.all(peers.map((peer) => peer.whenLive()));
for (let round = 0; round < rounds; round++) {
  // Long enough that all have taken the connection for a good one, and begin with their first delay again: ours and partysocket
  // want 5 s, the others none. Cuts that follow each other faster make ours wait longer each time.
  await new Promise((resolve) => setTimeout(resolve, 5500));
  const cut = performance.now();
  await Promise.all(
    peers.map(async (peer) => {
      const live = peer.whenLive();
      peer.cut();
      peer.times.push((await live) - cut);
    }),
  );
}
for (const { name, times } of peers) {
  times.sort((a, b) => a - b);
  const [least, median, most] = [times[0], times[times.length >> 1], times.at(-1)].map((ms) => `${Math.round(ms)}`.padStart(6));
  console.log(`${name.padEnd(30)} median ${median} ms, ${least} to ${most} ms, ${times.length} cuts`);
}
process.exit(0);
