// WatchJob over the logs: the part to keep when you write your own. "Rule n" is rule n of docs/backends.md.
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import { isTerminal } from './log.mjs';

const protos = fileURLToPath(new URL('../../../protos', import.meta.url));
const definition = protoLoader.loadSync('optimization/v1/optimizer.proto', { includeDirs: [protos], keepCase: true, longs: Number });
export const { service } = grpc.loadPackageDefinition(definition).optimization.v1.OptimizerService;
const [MAX_BATCH_EVENTS, MAX_BATCH_BYTES] = [500, 1024 * 1024];
export const open = { watches: 0 };

/** The handler: findLog gives a job's log, heartbeat is in milliseconds. */
export const watchJob = (findLog, heartbeat) => async (call) => {
  open.watches++;
  try {
    await watch(call, findLog, heartbeat);
    call.end(); // OK: after a terminal event, after history_only, and to a watcher that has gone
  } catch (error) {
    call.emit('error', error); // { code, details, metadata }; the metadata are the trailers
  } finally {
    open.watches--;
  }
};

async function watch(call, findLog, heartbeat) {
  const { job_id: jobId, after_event_id: after, epoch, history_only: historyOnly } = call.request;
  const log = findLog(jobId);
  if (!log) throw refusal(grpc.status.NOT_FOUND, 'unknown job'); // rule 7, down to the cursor
  if (epoch && epoch !== log.epoch) throw refusal(grpc.status.FAILED_PRECONDITION, 'another log');
  const { lastId: last, ended } = log; // where now is: history ends here and live begins
  if (after < 0) throw refusal(grpc.status.INVALID_ARGUMENT, 'after_event_id is negative');
  if (after > last) throw refusal(grpc.status.OUT_OF_RANGE, 'beyond the log', { 'earliest-event-id': 1, 'latest-event-id': last });
  await send(call, { subscribed: { epoch: log.epoch, last_event_id: last, ended } }); // rule 1: before anything is waited for

  let cursor = after ?? last; // unset isn't 0: it is "from now" (rule 3)
  if (after !== undefined) {
    do {
      const events = batch(log, cursor, last);
      cursor += events.length;
      await send(call, { replay: { events, has_more: cursor < last } }); // once at least, also with nothing in it (rule 2)
    } while (cursor < last);
  }
  if (historyOnly || ended) return; // rules 4 and 6

  // History and live are the same read after the same cursor, so there is no seam to lose an event in, and a slow
  // watcher costs a number and not a queue.
  while (!call.cancelled) {
    if (cursor < log.lastId) {
      const event = log.event(++cursor);
      await send(call, { event: toMessage(event) });
      if (isTerminal(event)) return;
    } else if (!(await until([log, 'append'], [call, 'cancelled'], heartbeat))) {
      await send(call, { heartbeat: { last_event_id: cursor } }); // what this stream has sent, not what the log has (rule 8)
    }
  }
}

// At most 500 events and 1 MiB, but one event at least.
function batch(log, after, upTo) {
  const events = [];
  for (let id = after + 1, bytes = 0; id <= upTo && events.length < MAX_BATCH_EVENTS; id++) {
    const event = toMessage(log.event(id));
    bytes += service.WatchJob.responseSerialize({ event }).length;
    if (events.length > 0 && bytes > MAX_BATCH_BYTES) break;
    events.push(event);
  }
  return events;
}

// Rule 9: write() is false while HTTP/2 holds the stream back. Who doesn't wait for 'drain' fills the memory instead. And
// who doesn't stop for a watcher that has gone reads a long history to its end, for nobody, without a pause.
async function send(call, message) {
  if (!call.cancelled && !call.write(message)) await until([call, 'drain'], [call, 'cancelled']);
  if (call.cancelled) throw refusal(grpc.status.CANCELLED, 'the watcher has gone');
}

// True as soon as one of these happens, false after so many milliseconds. Nothing is left behind in either case:
// a stream that lives for days would gather listeners.
function until(one, other, milliseconds) {
  return new Promise((resolve) => {
    const settle = (happened) => {
      clearTimeout(timer);
      for (const [emitter, name] of [one, other]) emitter.off(name, happens);
      resolve(happened);
    };
    const happens = () => settle(true);
    const timer = milliseconds && setTimeout(settle, milliseconds, false);
    for (const [emitter, name] of [one, other]) emitter.on(name, happens);
  });
}

function refusal(code, details, trailers = {}) {
  const metadata = new grpc.Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, String(value));
  return { code, details, metadata };
}

// proto-loader takes google.protobuf's types in their long form.
function toMessage({ timestamp, details, ...event }) {
  const { job_started: started } = event;
  return {
    ...event,
    ...(started?.config && { job_started: { ...started, config: toStruct(started.config) } }),
    timestamp: toTimestamp(Date.parse(timestamp)),
    previous_id: event.id - 1, // lets the gateway prove that nothing is missing
    details: toStruct(details ?? {}),
  };
}

export const toTimestamp = (milliseconds) => ({ seconds: Math.floor(milliseconds / 1000), nanos: (milliseconds % 1000) * 1e6 });
export const toStruct = (value) => toValue(value).structValue;

function toValue(value) {
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { listValue: { values: value.map(toValue) } };
  if (value === null) return { nullValue: 0 };
  return { structValue: { fields: Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toValue(member)])) } };
}
