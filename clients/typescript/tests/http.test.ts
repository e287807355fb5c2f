import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createParser, type StreamEvent } from '../src/eventStream.ts';
import { type HttpOptions, http } from '../src/http.ts';
import { createGatewayClient, type GatewayClient, type GatewayClientOptions, type JobSubscription, webSocket } from '../src/index.ts';
import { offsetAfter, readOffset } from '../src/offset.ts';
import { FakeGateway } from '../src/testing.ts';
import { controlOf, dataOf, events, heard, ids, MemoryStorage } from './harness.ts';

const epoch = 'é1';
const at = (id: number): string => offsetAfter(id, epoch);

const data = (from: number, to: number): string => dataOf(epoch, from, to);
const control = (id: number, members?: object): string => controlOf(epoch, id, members);

type Answer = (response: ServerResponse, query: URLSearchParams, request: IncomingMessage) => void;

const stream =
  (...parts: string[]): Answer =>
  (response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
    for (const part of parts) response.write(part);
  };

const refuse =
  (status: number, problem: object, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'Content-Type': 'application/problem+json', ...headers }).end(JSON.stringify(problem));
  };

const part =
  (from: number, to: number, headers: Record<string, string> = { 'Stream-Up-To-Date': 'true' }, status = 200): Answer =>
  (response) => {
    response.writeHead(status, { 'Stream-Next-Offset': at(to), ...headers }).end(status === 204 ? '' : JSON.stringify(events(from, to)));
  };

let server: Server;
let port: number;
let client: GatewayClient;
/** What OPTIONS, which asks whether the gateway can be reached, is answered with; and how often it came. */
let reachable: number;
let probes: number;
/** The next answers, in order; after them requests stay open. */
let answers: Answer[];
let asked: { readonly path: string; readonly query: Record<string, string>; readonly token: string | undefined }[];

beforeEach(async () => {
  answers = [];
  asked = [];
  reachable = 204;
  probes = 0;
  server = createServer((request, response) => {
    if (request.method === 'OPTIONS') {
      probes++;
      return void response.writeHead(reachable).end();
    }
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    asked.push({ path: pathname, query: Object.fromEntries(searchParams), token: request.headers.authorization });
    answers.shift()?.(response, searchParams, request);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  ({ port } = server.address() as AddressInfo);
});

afterEach(async () => {
  client?.close();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

function watch(
  options: Partial<GatewayClientOptions> & { readonly http?: HttpOptions } = {},
  afterEventId: number | 'latest' = 0,
): JobSubscription {
  const { http: own, ...rest } = options;
  const reconnect = { minDelay: 5, maxDelay: 10 };
  client = createGatewayClient({
    url: `ws://127.0.0.1:${port}/ws/optimization`,
    transports: [http(own)],
    batch: false,
    reconnect,
    ...rest,
  });
  return client.watch('job-1', { afterEventId });
}

/** The same on fake timers, a second at a time. */
async function elapse(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 60 && !isSo(); i++) {
    await vi.advanceTimersByTimeAsync(1_000);
    // What was written has come, and was answered.
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  }
  expect(isSo()).toBe(true);
}

const until = (isSo: () => boolean): Promise<void> => vi.waitFor(() => expect(isSo()).toBe(true), { timeout: 5_000, interval: 5 });

describe('Offsets', () => {
  it.each([
    [undefined, undefined, 'now'],
    [0, undefined, '-1'],
    [4, '7c1d', '0000000000000004_N2MxZA'],
    [4, undefined, '0000000000000004_'],
    [0, '7c1d', '0000000000000000_N2MxZA'],
    [2 ** 53 - 1, '→?>', '9007199254740991_4oaSPz4'],
  ])('after %s of epoch %s is %s', (id, of, offset) => {
    expect(offsetAfter(id, of)).toBe(offset);
    if (offset.length > 3) expect(readOffset(offset)).toEqual({ id, epoch: of ?? '' });
  });
});

describe('Server-sent events', () => {
  const text = `: hello\n\n${data(1, 2)}${control(2)}:\n\nretry: 1500\nid: x\nevent: control\ndata: {"a":"b:c"}\n\n`;
  const expected = [
    { event: 'data', data: JSON.stringify(events(1, 2)), id: at(2) },
    { event: 'control', data: JSON.stringify({ streamNextOffset: at(2), streamCursor: '1', upToDate: true }), id: at(2) },
    { event: 'control', data: '{"a":"b:c"}', id: 'x', retry: '1500' },
  ];

  it.each(['\n', '\r\n'])('are the same wherever they are cut, with %j', (end) => {
    const whole = text.replaceAll('\n', end);
    for (let cut = 0; cut <= whole.length; cut++) {
      const taken: StreamEvent[] = [];
      const parse = createParser((one) => taken.push(one));
      parse(whole.slice(0, cut));
      parse(whole.slice(cut));
      expect(taken).toEqual(expected);
    }
  });

  it('bring a job from its beginning to its end, a byte at a time', async () => {
    answers = [
      (response) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        const bytes = Buffer.from(data(1, 2) + control(2) + data(3, 3) + control(3, { upToDate: true, streamClosed: true }));
        void (async () => {
          for (const byte of bytes) {
            response.write(Buffer.of(byte));
            await new Promise(setImmediate);
          }
          response.end();
        })();
      },
    ];
    const job = watch();
    const list = heard(job);
    await until(() => job.getSnapshot().status === 'ended');
    expect(list).toEqual([1, 2, 3]);
    expect(asked.map(({ query }) => query)).toEqual([{ offset: '-1', live: 'sse' }]);
  });

  it('go on after a cut where they were, with nothing lost or repeated', async () => {
    answers = [(response) => void response.writeHead(200).end(data(1, 2) + data(3, 4).slice(0, 60)), stream(data(3, 4), control(4))];
    const job = watch();
    const list = heard(job);
    await until(() => job.getSnapshot().status === 'live');
    expect(list).toEqual([1, 2, 3, 4]);
    expect(asked.map(({ query }) => query['offset'])).toEqual(['-1', at(2)]);
  });

  it('begin now, and know where that is', async () => {
    answers = [stream(control(7))];
    const job = watch({}, 'latest');
    await until(() => job.getSnapshot().status === 'live');
    expect(job.getSnapshot().lastEventId).toBe(7);
    expect(asked[0]?.query['offset']).toBe('now');
  });

  it('wait as long as the gateway says, and show meanwhile that it is away', async () => {
    const end = `retry: 300\n${control(1, { code: 'draining', error: 'shuts down', retryable: true })}`;
    answers = [(response) => void response.writeHead(200).end(data(1, 1) + control(1) + end), stream(data(2, 2), control(2))];
    const job = watch();
    await until(() => job.getSnapshot().status === 'stale');
    expect(job.getSnapshot().error).toMatchObject({ code: 'draining', message: 'shuts down' });
    const began = Date.now();
    await until(() => job.getSnapshot().status === 'live');
    expect(Date.now() - began).toBeGreaterThan(200);
    expect(ids(job.getSnapshot().events)).toEqual([1, 2]);
  });

  it('stay open over an outage of the backend', async () => {
    const away = control(1, { code: 'backend_unavailable', error: 'away', retryable: true, subscription: 'kept' });
    let back = (): void => {};
    answers = [
      (response) => {
        response.writeHead(200).write(data(1, 1) + control(1) + away);
        back = () => response.write(control(1));
      },
    ];
    const job = watch();
    await until(() => job.getSnapshot().status === 'stale');
    back();
    await until(() => job.getSnapshot().status === 'live');
    expect(asked).toHaveLength(1);
  });

  it('end with an error of their job', async () => {
    answers = [
      stream(data(1, 1), control(1, { code: 'bad_event', error: 'bad', retryable: false, subscription: 'ended', eventId: 2 })),
      stream(control(2)),
    ];
    const job = watch();
    await until(() => job.getSnapshot().gap?.code === 'bad_event');
    job.getSnapshot().gap?.skip();
    await until(() => job.getSnapshot().status === 'live');
    expect(asked[1]?.query['offset']).toBe(at(2));
  });

  it('ask for another token when theirs expires', async () => {
    const tokens: boolean[] = [];
    const end = control(1, { code: 'token_expired', error: 'expired', retryable: false });
    answers = [stream(data(1, 1), control(1), end), stream(control(1))];
    const job = watch({ getToken: ({ expired }) => `t${tokens.push(expired)}` });
    await until(() => asked.length === 2 && job.getSnapshot().status === 'live');
    expect(tokens).toEqual([false, true]);
    expect(asked.map(({ token }) => token)).toEqual(['Bearer t1', 'Bearer t2']);
  });
});

describe('Refusals', () => {
  it.each([
    [409, 'epoch_changed', {}],
    [410, 'history_truncated', { earliestEventId: 9 }],
    [425, 'cursor_ahead', { latestEventId: 2 }],
  ])('%i is the gap %s', async (status, code, members) => {
    answers = [refuse(status, { code, detail: 'gone', retryable: false, jobId: 'job-1', ...members }), stream(control(9))];
    const job = watch({}, 5);
    await until(() => job.getSnapshot().gap !== null);
    expect(job.getSnapshot()).toMatchObject({ status: 'error', gap: { code, lastEventId: 5, ...members } });
    job.getSnapshot().gap?.restart();
    await until(() => job.getSnapshot().status === 'live');
    expect(asked[1]?.query['offset']).toBe('-1');
  });

  it('of the gateway for good end the connection', async () => {
    answers = [refuse(401, { code: 'token_missing', detail: 'asks for a token' })];
    watch();
    await until(() => client.state === 'closed');
    expect(client.getSnapshot()).toMatchObject({ closeCode: 4501, reason: 'asks for a token' });
  });

  it('of a job end that job alone', async () => {
    answers = [refuse(401, { code: 'unauthorized', detail: 'no', retryable: false, jobId: 'job-1' })];
    const job = watch();
    await until(() => job.getSnapshot().status === 'error');
    expect(job.getSnapshot().error?.code).toBe('unauthorized');
    expect(client.state).toBe('open');
  });

  it('for now are tried again', async () => {
    answers = [refuse(503, { code: 'draining', detail: 'shuts down' }, { 'Retry-After': '1' }), stream(control(0))];
    const job = watch();
    await until(() => job.getSnapshot().status === 'live');
    expect(asked).toHaveLength(2);
  });

  it('of a proxy are a lost connection', async () => {
    answers = [(response) => void response.writeHead(502).end('<html>'), stream(control(0))];
    const states: string[] = [];
    const job = watch({ on: { state: ({ state, reason }) => states.push(`${state} ${reason}`) } });
    await until(() => job.getSnapshot().status === 'live');
    expect(states).toContain('reconnecting HTTP 502');
  });

  it('keep ids that no URL can have from being asked for', async () => {
    watch();
    await until(() => asked.length === 1);
    const job = client.watch('..');
    await until(() => job.getSnapshot().status === 'error');
    expect(asked.map(({ path }) => path)).toEqual(['/jobs/job-1/events']);
  });
});

describe('On fake timers', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  });

  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it('long-polls take over where a proxy collects a stream, and lose nothing', async () => {
    answers = [stream(), part(1, 2), part(3, 3), part(3, 3, { 'Stream-Up-To-Date': 'true' }, 204), part(4, 4, { 'Stream-Closed': 'true' })];
    const job = watch({ keepAlive: false });
    const list = heard(job);
    await elapse(() => job.getSnapshot().status === 'ended');
    expect(list).toEqual([1, 2, 3, 4]);
    expect(asked.map(({ query }) => query)).toEqual([
      { offset: '-1', live: 'sse' },
      { offset: '-1' },
      { offset: at(2), live: 'long-poll' },
      { offset: at(3), live: 'long-poll' },
      { offset: at(3), live: 'long-poll' },
    ]);
  });

  it('long-polls are what the tab begins with afterwards', async () => {
    vi.stubGlobal('window', { sessionStorage: new MemoryStorage() });
    answers = [stream(), part(1, 1)];
    let job = watch({ keepAlive: false, networkEvents: false });
    await elapse(() => job.getSnapshot().lastEventId === 1);
    client.close();
    asked = [];
    answers = [part(1, 1)];
    job = watch({ keepAlive: false, networkEvents: false });
    await elapse(() => asked.length === 2);
    expect(asked.map(({ query }) => query['live'])).toEqual([undefined, 'long-poll']);
  });

  it('a stream that brought nothing because the gateway is away is a lost connection, and no reason for long-polls', async () => {
    answers = [stream(), stream(control(1))];
    const states: string[] = [];
    const job = watch({ keepAlive: false, on: { state: ({ state, reason }) => states.push(`${state} ${reason}`) } });
    await elapse(() => asked.length === 1);
    reachable = 502;
    await elapse(() => states.includes('reconnecting HTTP 502'));
    reachable = 204;
    await elapse(() => job.getSnapshot().status === 'live');
    expect(asked.map(({ query }) => query['live'])).toEqual(['sse', 'sse']);
  });

  it('long-polls take over, too, where a proxy lets the first bytes of a stream through', async () => {
    answers = [stream(data(1, 1), control(1)), part(2, 2)];
    const job = watch({ keepAlive: false });
    const list = heard(job);
    await elapse(() => list.length === 2);
    expect(list).toEqual([1, 2]);
    expect(asked.map(({ query }) => query)).toEqual([
      { offset: '-1', live: 'sse' },
      { offset: at(1), live: 'long-poll' },
    ]);
  });

  it('a comment is a sign of life: nothing is asked', async () => {
    let comment = (): void => {};
    answers = [
      (response) => {
        stream(control(1))(response, new URLSearchParams(), undefined as never);
        comment = () => response.write(':\n\n');
      },
    ];
    const job = watch();
    await elapse(() => job.getSnapshot().status === 'live');
    expect(probes).toBe(1);
    for (let i = 0; i < 12; i++) {
      comment();
      await vi.advanceTimersByTimeAsync(5_000);
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    }
    expect(probes).toBe(1);
    expect(asked).toHaveLength(1);
  });
});

it('An answer that is cut is asked for again, not at once', async () => {
  answers = [
    (response) => {
      response.writeHead(200, { 'Stream-Next-Offset': at(2), 'Content-Length': '100' }).write('[');
      setTimeout(() => response.destroy(), 20);
    },
    part(1, 2),
  ];
  const began = Date.now();
  const job = watch({ http: { maxStreams: 0 } });
  await until(() => job.getSnapshot().status === 'live');
  expect(Date.now() - began).toBeGreaterThan(450);
  expect(ids(job.getSnapshot().events)).toEqual([1, 2]);
});

it('A token that can be no header is refused before anything is sent, and isn’t shown', async () => {
  const errors: string[] = [];
  watch({ getToken: () => 'se\ncret', on: { error: ({ code, message }) => errors.push(`${code} ${message}`) } });
  await until(() => client.state === 'closed');
  expect(errors).toEqual([expect.stringMatching(/^connection_refused /)]);
  expect(errors[0]).not.toContain('cret');
  expect(probes + asked.length).toBe(0);
});

it('Jobs beyond those with a stream are read in turn', async () => {
  answers = [stream(control(0))];
  watch({ http: { maxStreams: 1 } });
  await until(() => asked.length === 1);
  answers = [part(1, 2), part(3, 3, { 'Stream-Closed': 'true' })];
  const second = client.watch('job-2');
  await until(() => second.getSnapshot().status === 'live');
  await until(() => second.getSnapshot().status === 'ended');
  expect(ids(second.getSnapshot().events)).toEqual([1, 2, 3]);
  expect(asked.slice(1).map(({ query }) => query)).toEqual([{ offset: '-1' }, { offset: at(2) }]);
});

it('History is read once, in parts', async () => {
  answers = [stream(control(3))];
  const job = watch();
  await until(() => job.getSnapshot().status === 'live');
  answers = [part(1, 2, {}), part(3, 3)];
  expect(ids(await job.replay())).toEqual([1, 2, 3]);
});

it('History that is read once outlives a gateway that shuts down', async () => {
  answers = [stream(control(3))];
  const job = watch();
  await until(() => job.getSnapshot().status === 'live');
  answers = [part(1, 2, {}), refuse(503, { code: 'draining', detail: 'shuts down' }, { 'Retry-After': '1' }), part(3, 3)];
  expect(ids(await job.replay())).toEqual([1, 2, 3]);
});

it('History of a job that can’t be read now is refused, as by a socket', async () => {
  answers = [stream(control(3))];
  const job = watch();
  await until(() => job.getSnapshot().status === 'live');
  const away = { code: 'backend_unavailable', detail: 'away', retryable: true, jobId: 'job-1' };
  answers = [refuse(503, away, { 'Retry-After': '1' })];
  await expect(job.replay()).rejects.toMatchObject({ code: 'backend_unavailable', details: { retryable: true } });
});

it('A socket’s cursor and epoch carry over, and nothing is lost or repeated at the change', async () => {
  const gateway = new FakeGateway();
  answers = [stream(data(3, 4), control(4))];
  const job = watch({ transports: [webSocket({ WebSocket: gateway.WebSocket }), http()] });
  const list = heard(job);
  await until(() => gateway.sockets[0]?.received.some(({ type }) => type === 'subscribe') ?? false);
  gateway.socket.say({
    type: 'subscribed',
    jobId: 'job-1',
    epoch,
    lastEventId: 2,
    requestId: gateway.socket.last('subscribe').requestId ?? '',
  });
  gateway.socket.say({ type: 'replay', jobId: 'job-1', data: events(1, 2), hasMore: false });
  await until(() => list.length === 2);
  gateway.accepts = false;
  for (let i = 0; i < 4; i++) {
    const count = gateway.sockets.length;
    gateway.socket.end(1006);
    if (i < 3) await until(() => gateway.sockets.length > count);
  }
  await until(() => list.length === 4);
  expect(list).toEqual([1, 2, 3, 4]);
  expect(asked[0]?.query).toEqual({ offset: at(2), live: 'sse' });
});
