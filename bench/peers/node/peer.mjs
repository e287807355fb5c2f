// The gateway's job by hand: grpc-js, ws, JSON.stringify. Usage: node peer.mjs <port> <backend's URL>
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import { WebSocketServer } from 'ws';

const [port, backend] = process.argv.slice(2);
const protos = fileURLToPath(new URL('../../../protos', import.meta.url));
const definition = loader.loadSync('optimization/v1/optimizer.proto', { includeDirs: [protos], longs: Number, oneofs: true, defaults: true });
const { OptimizerService } = grpc.loadPackageDefinition(definition).optimization.v1;
const optimizer = new OptimizerService(new URL(backend).host, grpc.credentials.createInsecure(), {
  'grpc.max_receive_message_length': -1,
});

function plain(value) {
  switch (value.kind) {
    case 'structValue':
      return members(value.structValue);
    case 'listValue':
      return value.listValue.values.map(plain);
    case 'nullValue':
      return null;
    default:
      return value[value.kind];
  }
}

function members(struct) {
  return Object.fromEntries(Object.entries(struct?.fields ?? {}).map(([name, value]) => [name, plain(value)]));
}

function view(event) {
  const data = members(event.details);
  if (event.payload === 'iterationCompleted') data.score = event.iterationCompleted.score;
  return {
    id: event.id,
    eventType: event.payload === 'iterationCompleted' ? 'iteration_completed' : 'unknown',
    iteration: event.iteration,
    stage: event.stage,
    data,
    timestamp: new Date(event.timestamp.seconds * 1000 + event.timestamp.nanos / 1e6).toISOString(),
  };
}

function translate(jobId, message) {
  switch (message.message) {
    case 'subscribed':
      return { type: 'subscribed', jobId, epoch: message.subscribed.epoch, lastEventId: message.subscribed.lastEventId ?? 0 };
    case 'replay':
      return { type: 'replay', jobId, data: message.replay.events.map(view), hasMore: message.replay.hasMore };
    case 'event':
      return { type: 'event', jobId, event: view(message.event) };
    default:
      return undefined;
  }
}

const highWater = 1 << 20;
const server = new WebSocketServer({ port: Number(port), host: '127.0.0.1', path: '/ws/optimization', backlog: 4096 });
server.on('connection', (socket) => {
  let call;
  socket.on('error', () => socket.terminate());
  socket.on('close', () => call?.cancel());
  socket.once('message', (text) => {
    const { jobId, afterEventId } = JSON.parse(text);
    call = optimizer.watchJob({ jobId, ...(afterEventId === undefined ? {} : { afterEventId }) });
    call.on('error', () => socket.close());
    call.on('end', () => socket.close());
    call.on('data', (message) => {
      const answer = translate(jobId, message);
      if (!answer) return;
      socket.send(JSON.stringify(answer), () => {
        if (call.isPaused() && socket.bufferedAmount < highWater) call.resume();
      });
      if (socket.bufferedAmount > highWater) call.pause();
    });
  });
});
