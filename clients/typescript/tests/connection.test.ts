import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GatewayError } from '../src/index.ts';
import { type Bench, bench, confirm, event, events, ids, settle, url } from './harness.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

async function open(options?: Parameters<typeof bench>[0]): Promise<Bench> {
  const b = bench({ lazy: false, ...options });
  await settle();
  expect(b.client.state).toBe('open');
  return b;
}

describe('Reconnecting', () => {
  it('waits with full jitter, from half a second to twenty', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const { gateway, client } = await open();
    gateway.accepts = false;
    const delays: number[] = [];
    for (let i = 0; i < 8; i++) {
      gateway.socket.end(1006);
      const { retryAt } = client.getSnapshot();
      delays.push((retryAt ?? 0) - Date.now());
      await settle(delays.at(-1));
    }
    expect(delays).toEqual([1000, 2000, 4000, 8000, 16000, 20000, 20000, 20000]);
    // Somebody looks at the page.
    vi.stubGlobal('document', { visibilityState: 'visible' });
    gateway.socket.end(1006);
    expect((client.getSnapshot().retryAt ?? 0) - Date.now()).toBe(10_000);
    await settle(10_000);
    vi.spyOn(Math, 'random').mockReturnValue(0);
    gateway.socket.end(1006);
    expect((client.getSnapshot().retryAt ?? 0) - Date.now()).toBe(500);
    client.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits as long as it is told, whoever looks', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    vi.stubGlobal('document', { visibilityState: 'visible' });
    const { gateway, client } = await open({ reconnect: { minDelay: 15_000, maxDelay: 40_000 } });
    gateway.accepts = false;
    const delays: number[] = [];
    for (let i = 0; i < 2; i++) {
      gateway.socket.end(1006);
      delays.push((client.getSnapshot().retryAt ?? 0) - Date.now());
      await settle(delays.at(-1));
    }
    expect(delays).toEqual([30_000, 40_000]);
    client.close();
  });

  it('starts with short delays again only after a connection that lasted', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const { gateway, client } = await open();
    const delay = (): number => (client.getSnapshot().retryAt ?? 0) - Date.now();
    gateway.socket.end(1013);
    await settle(delay());
    gateway.socket.end(1013);
    expect(delay()).toBe(2000);
    await settle(delay() + 4999);
    gateway.socket.end(1012);
    expect(delay()).toBe(4000);
    await settle(delay() + 5000);
    gateway.socket.end(1012);
    expect(delay()).toBe(1000);
    client.close();
  });

  it.each([1000, 1001, 1005, 1006, 1011, 1012, 1013, 3000, 3999, 4000, 4401, 4429, 4499, 5000])('comes back after %i', async (code) => {
    const { gateway, client } = await open();
    gateway.socket.end(code, 'why');
    expect(client.getSnapshot()).toMatchObject({ state: 'reconnecting', closeCode: code, reason: 'why' });
    await settle(1000);
    expect(client.state).toBe('open');
    client.close();
  });

  it.each([1002, 1003, 1007, 1009, 4500, 4501, 4503, 4999])('stays away after %i, and says why', async (code) => {
    const errors: GatewayError[] = [];
    const b = await open({ on: { error: (error) => errors.push(error) } });
    const subscription = b.client.watch('job-1');
    b.gateway.socket.end(code);
    await settle(60_000);
    expect(b.gateway.sockets).toHaveLength(1);
    expect(b.client.getSnapshot()).toMatchObject({ state: 'closed', closeCode: code, retryAt: null });
    expect(errors).toMatchObject([{ code: 'connection_closed', details: { closeCode: code } }]);
    expect(subscription.getSnapshot()).toMatchObject({ status: 'error', error: { code: 'connection_closed' } });
    // One that comes later isn't left to wait in silence either.
    expect(b.client.watch('job-2').getSnapshot().status).not.toBe('live');
    await settle();
    expect(b.client.watch('job-2').getSnapshot()).toMatchObject({ status: 'error', error: { code: 'connection_closed' } });
    b.client.connect();
    await settle();
    expect(b.gateway.socket.received.map(({ type }) => type)).toEqual(['subscribe', 'subscribe']);
    b.client.close();
  });

  it('does so no more where it was told not to', async () => {
    const { gateway, client } = await open({ reconnect: false });
    gateway.socket.end(1006);
    await settle(60_000);
    expect(gateway.sockets).toHaveLength(1);
    expect(client.state).toBe('closed');
  });

  it('calls handlers of its state until they are taken off, and says since when it is so', async () => {
    const states: string[] = [];
    const { gateway, client } = bench();
    const off = client.on('state', ({ state }) => states.push(state));
    client.connect();
    const since = Date.now();
    await settle();
    expect(client.getSnapshot()).toMatchObject({ state: 'open', since, reason: '', closeCode: null, retryAt: null });
    gateway.socket.end(1012);
    await settle(1_000);
    expect(states).toEqual(['connecting', 'open', 'reconnecting', 'reconnecting', 'open']);
    off();
    client.close();
    expect(states).toHaveLength(5);
  });

  it('says what to check after three attempts of which none has ever opened, and no code twice', async () => {
    const { gateway, client } = bench({ url: `${url}?access_token=secret`, lazy: false }, { accepts: false });
    const reasons: string[] = [];
    const fail = async (): Promise<void> => {
      gateway.socket.end(1006);
      const { reason, closeCode, retryAt } = client.getSnapshot();
      reasons.push(reason);
      expect(closeCode).toBe(1006);
      await settle((retryAt ?? 0) - Date.now());
    };
    for (let i = 0; i < 4; i++) await fail();
    const check = `no connection could be made. Check the URL ${url}, the gateway's allowed origins and TLS`;
    expect(reasons).toEqual(['no connection could be made', 'no connection could be made', check, check]);
    // Where one has opened once, the address is right.
    gateway.socket.accept();
    expect(client.state).toBe('open');
    for (let i = 0; i < 5; i++) await fail();
    const failed = 'no connection could be made';
    expect(reasons.slice(4)).toEqual(['the connection was lost', failed, failed, failed, failed]);
    client.close();
  });

  it('does not blame the address for a token that does not come', async () => {
    const getToken = (): string => {
      throw new Error('no');
    };
    const { client } = bench({ lazy: false, getToken });
    await settle(120_000);
    expect(client.getSnapshot().reason).toBe('getToken failed');
    client.close();
  });

  it('tries at once with connect(), and goes on with its delays if that fails', async () => {
    const { gateway, client } = await open();
    gateway.accepts = false;
    gateway.socket.end(1006);
    client.connect();
    expect(gateway.sockets).toHaveLength(2);
    client.connect();
    expect(gateway.sockets).toHaveLength(2);
    gateway.socket.end(1006);
    const { retryAt } = client.getSnapshot();
    await settle((retryAt ?? 0) - Date.now());
    expect(gateway.sockets).toHaveLength(3);
    client.close();
  });

  it('gives up on a socket that does not open in ten seconds', async () => {
    const { gateway, client } = bench({ lazy: false }, { accepts: false });
    await settle(10_000);
    expect(client.state).toBe('reconnecting');
    expect(gateway.socket.closedWith).toBe(1000);
    client.close();
  });

  it('forgets a socket that was let go: nothing it says is heard', async () => {
    const { gateway, client } = await open();
    const old = gateway.socket;
    client.close();
    old.end(4500);
    old.accept();
    expect(client.state).toBe('closed');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('can be closed by a handler of its state, whichever that is', async () => {
    for (const last of ['connecting', 'open', 'reconnecting']) {
      const b = bench({ on: { state: ({ state }) => state === last && b.client.close() } });
      b.client.watch('job-1');
      await settle();
      b.gateway.sockets.at(-1)?.end(1006);
      await settle(60_000);
      expect(b.client.state).toBe('closed');
      expect(b.gateway.sockets.length).toBeLessThanOrEqual(1);
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  it('understands http addresses', async () => {
    const { gateway, client } = await open({ url: new URL('https://gateway.test/ws/optimization?tenant=1') });
    expect(gateway.socket.url).toBe('wss://gateway.test/ws/optimization?tenant=1');
    client.close();
  });

  it('names a job that is watched, so that a proxy can bring its viewers together', async () => {
    const { gateway, client } = bench({ url: `${url}?tenant=1` });
    const first = client.watch('job 1');
    client.watch('job-2');
    await settle();
    expect(gateway.socket.url).toBe(`${url}?tenant=1&job=job%201`);
    first.unsubscribe();
    gateway.socket.end(1006);
    await settle(60_000);
    expect(gateway.socket.url).toBe(`${url}?tenant=1&job=job-2`);
    client.close();
    const other = bench();
    other.client.watch('job-3');
    await settle();
    expect(other.gateway.socket.url).toBe(`${url}?job=job-3`);
    other.client.close();
  });

  it('is closed by its signal, and by `await using`', async () => {
    const controller = new AbortController();
    const { gateway, client } = await open({ signal: controller.signal });
    controller.abort();
    expect(client.state).toBe('closed');
    expect(gateway.socket.closedWith).toBe(1000);
    const other = await open();
    await other.client[Symbol.asyncDispose]();
    expect(other.client.state).toBe('closed');
  });
});

describe('Tokens', () => {
  it('are sent as a subprotocol, and asked for anew after 4401, at once', async () => {
    const asked: boolean[] = [];
    const getToken = ({ expired }: { expired: boolean }) => {
      asked.push(expired);
      return Promise.resolve(`t${asked.length}`);
    };
    const { gateway, client } = await open({ getToken });
    expect(gateway.socket.protocols).toEqual(['optimization.v1', 'bearer.t1']);
    await settle(20_000);
    gateway.socket.end(4401, 'token expired');
    await settle(1);
    expect(gateway.socket.protocols).toEqual(['optimization.v1', 'bearer.t2']);
    expect(asked).toEqual([false, true]);
    expect(client.state).toBe('open');
    // A second one at once isn't: a gateway that refuses every token isn't hammered.
    gateway.socket.end(4401);
    await settle(100);
    expect(asked).toHaveLength(2);
    client.close();
  });

  it('are asked for without haste where it was only the network that failed', async () => {
    const asked: boolean[] = [];
    const { gateway, client } = await open({ getToken: ({ expired }) => `t${asked.push(expired)}` });
    await settle(6_000);
    gateway.socket.end(4401);
    await settle(6_000);
    gateway.socket.end(1006);
    await settle(1_000);
    expect(client.state).toBe('open');
    expect(asked).toEqual([false, true, false]);
    client.close();
  });

  it('that make no subprotocol are a final error that says so, and not the token', async () => {
    const errors: GatewayError[] = [];
    class Strict {
      constructor(_: string, [, subprotocol]: string[]) {
        throw new DOMException(`The subprotocol '${subprotocol}' is invalid.`, 'SyntaxError');
      }
    }
    const { client } = bench({
      lazy: false,
      getToken: () => 'not a token',
      WebSocket: Strict as never,
      on: { error: (error) => errors.push(error) },
    });
    await settle(60_000);
    expect(client.getSnapshot()).toMatchObject({
      state: 'closed',
      reason: "no socket: The subprotocol 'bearer.…' is invalid.",
    });
    expect(errors).toMatchObject([{ code: 'connection_refused', details: { cause: { name: 'SyntaxError' } } }]);
  });

  it('that can not be had are an event, and asked for again', async () => {
    const errors: string[] = [];
    let fails = true;
    const getToken = (): string => {
      if (fails) throw new Error('no');
      return 't';
    };
    const { client } = bench({ lazy: false, getToken, on: { error: ({ code }) => errors.push(code) } });
    await settle(10);
    expect(client.state).toBe('reconnecting');
    fails = false;
    await settle(2000);
    expect(client.state).toBe('open');
    expect(errors).toEqual(['token_failed']);
    client.close();
  });

  it('that can not be had are the last that is asked for where a handler of that closes the client', async () => {
    const b = bench({ lazy: false, getToken: () => Promise.reject(new Error('no')), on: { error: () => b.client.close() } });
    await settle(60_000);
    expect(b.client.state).toBe('closed');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that come after the client was closed open nothing', async () => {
    let give: (token: string) => void = () => {};
    const { gateway, client } = bench({ lazy: false, getToken: () => new Promise<string>((resolve) => (give = resolve)) });
    await settle(10);
    client.close();
    give('late');
    await settle(10);
    expect(gateway.sockets).toHaveLength(0);
  });
});

describe('A token that does not come', () => {
  it('is asked for again after ten seconds, and heard no more when it is late', async () => {
    const give: ((token: string) => void)[] = [];
    const { gateway, client } = bench({ lazy: false, getToken: () => new Promise<string>((resolve) => give.push(resolve)) });
    await settle(9_900);
    expect(client.state).toBe('connecting');
    await settle(100);
    expect(client.getSnapshot()).toMatchObject({ state: 'reconnecting', reason: 'no connection in time' });
    await settle(1_000);
    expect(give).toHaveLength(2);
    give[0]?.('late');
    await settle(0);
    expect(gateway.sockets).toHaveLength(0);
    give[1]?.('fresh');
    await settle();
    expect(gateway.socket.protocols).toEqual(['optimization.v1', 'bearer.fresh']);
    expect(client.state).toBe('open');
    client.close();
  });
});

describe('What is sent', () => {
  it('keeps to what a client may send, and to its order, however much is asked for at once', async () => {
    // The gateway's own rule: 100 at once, 50 a second.
    let [allowance, at, most] = [100, 0, 0];
    const refused: string[] = [];
    const b = bench(
      { lazy: false, storage: false, maxSubscriptions: 160 },
      {
        hears: (_, message) => {
          const now = performance.now();
          allowance = Math.min(100, allowance + ((now - at) / 1000) * 50) - 1;
          at = now;
          most = Math.max(most, 100 - allowance);
          if (allowance < 0) refused.push(message.type);
        },
      },
    );
    await settle();
    const first = Array.from({ length: 80 }, (_, i) => b.client.watch(`first-${i}`));
    await settle();
    for (const subscription of first) subscription.unsubscribe();
    for (let i = 0; i < 80; i++) b.client.watch(`second-${i}`);
    await settle(10_000);
    expect(refused).toEqual([]);
    // It isn't slower than it has to be, either.
    expect(most).toBeGreaterThan(85);
    const said = b.gateway.socket.received.map((message) => `${message.type} ${'jobId' in message ? message.jobId : ''}`);
    const expected = ['subscribe first', 'subscribe second', 'unsubscribe first'].flatMap((what) =>
      Array.from({ length: 80 }, (_, i) => `${what}-${i}`),
    );
    expect(said).toEqual(expected);
    b.client.close();
  });

  it("is not asked for again because of somebody else's trouble", async () => {
    const b = bench({ lazy: false, storage: false });
    await settle();
    const opening = b.client.watch('job-1');
    const trouble = { type: 'error', jobId: 'job-9', error: 'away', code: 'backend_unavailable', retryable: true } as const;
    b.gateway.socket.say({ ...trouble, subscription: 'kept' });
    b.gateway.socket.say({ ...trouble, subscription: 'not_opened' });
    await settle(20_000);
    expect(opening.getSnapshot()).toMatchObject({ status: 'subscribing', error: null });
    expect(b.gateway.socket.received.filter(({ type }) => type === 'subscribe')).toHaveLength(1);
    b.client.close();
  });

  it('and was refused all the same is asked for again, though it is not said what it was', async () => {
    const errors: string[] = [];
    const b = bench({ lazy: false, storage: false, on: { error: ({ code }) => errors.push(code) } });
    await settle();
    const live = b.client.watch('job-1');
    confirm(b, events(1, 1));
    const opening = b.client.watch('job-2');
    const replay = opening.replay();
    const outcome = expect(replay).rejects.toMatchObject({ code: 'rate_limited' });
    b.gateway.socket.say({
      type: 'error',
      error: 'Too many messages. Slow down.',
      code: 'rate_limited',
      retryable: true,
      subscription: 'untouched',
    });
    await outcome;
    await settle();
    expect(errors).toEqual(['rate_limited']);
    expect(live.getSnapshot().status).toBe('live');
    expect(opening.getSnapshot()).toMatchObject({ status: 'stale', error: { code: 'rate_limited' } });
    await settle(1_000);
    expect(b.gateway.socket.received.map(({ type }) => type)).toEqual(['subscribe', 'subscribe', 'replay', 'subscribe']);
    confirm(b, events(1, 2));
    await settle();
    expect(opening.getSnapshot()).toMatchObject({ status: 'live', lastEventId: 2 });
    b.client.close();
  });
});

describe('Keepalive', () => {
  it('pings every 15 s, and takes silence of 10 s after a ping for a dead socket', async () => {
    const b = bench({ lazy: false }, { hears: () => {} });
    await settle(10);
    await settle(14_980);
    expect(b.gateway.socket.received).toEqual([]);
    await settle(20);
    expect(b.gateway.socket.received).toEqual([{ type: 'ping' }]);
    await settle(9_900);
    expect(b.client.state).toBe('open');
    await settle(200);
    expect(b.client.getSnapshot()).toMatchObject({ state: 'reconnecting', reason: 'no answer to a ping' });
    b.client.close();
  });

  it('is content with anything that is heard', async () => {
    const b = bench({ lazy: false }, { hears: () => {} });
    await settle(15_100);
    b.gateway.socket.say({ type: 'pong' });
    await settle(14_000);
    expect(b.client.state).toBe('open');
    expect(b.gateway.sockets).toHaveLength(1);
    b.client.close();
  });

  it('judges by the clock where timers come once a minute, and lets a page that slept hear first', async () => {
    const b = bench({ lazy: false }, { hears: () => {} });
    await settle(15_100);
    // The tab sleeps: the clock runs, no timer does.
    vi.setSystemTime(Date.now() + 3_600_000);
    await settle(10_000);
    expect(b.client.state).toBe('open');
    b.gateway.socket.say({ type: 'pong' });
    await settle(1_000);
    expect(b.client.state).toBe('open');
    await settle(14_100);
    vi.setSystemTime(Date.now() + 50_000);
    await settle(10_300);
    expect(b.client.state).toBe('reconnecting');
    b.client.close();
  });

  it('finds a dead socket in time, however often it is asked for', async () => {
    const b = bench({ lazy: false }, { hears: () => {} });
    await settle(10);
    for (let i = 0; i < 3; i++) {
      b.client.ping();
      await settle(4_000);
    }
    expect(b.gateway.sockets[0]?.received).toEqual([{ type: 'ping' }]);
    expect(b.gateway.sockets[0]?.closedWith).toBe(1000);
    b.client.close();
  });

  it('notices where no page tells of it that the machine has slept, and asks at once', async () => {
    const b = bench({ lazy: false }, { hears: () => {} });
    await settle(3_000);
    vi.setSystemTime(Date.now() + 3_600_000);
    await settle(1_000);
    expect(b.gateway.socket.received).toEqual([{ type: 'ping' }]);
    // It is hardly a live one, so it isn't called so for long.
    await settle(3_400);
    expect(b.client.getSnapshot()).toMatchObject({ state: 'reconnecting', reason: 'no answer to a ping' });
    b.client.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('asks at once on ping()', async () => {
    const { gateway, client } = await open();
    client.ping();
    expect(gateway.socket.received).toEqual([{ type: 'ping' }]);
    client.close();
  });
});

describe('A lazy client', () => {
  it('connects with the first job and lets go 30 s after the last', async () => {
    const b = bench();
    expect(b.gateway.sockets).toHaveLength(0);
    const subscription = b.client.watch('job-1');
    await settle();
    expect(b.client.state).toBe('open');
    subscription.unsubscribe();
    await settle(29_000);
    expect(b.client.state).toBe('open');
    await settle(2_000);
    expect(b.client.state).toBe('idle');
    expect(b.gateway.socket.closedWith).toBe(1000);
    const again = b.client.watch('job-1');
    await settle();
    expect(b.client.state).toBe('open');
    // What is needed again in time is kept.
    again.unsubscribe();
    await settle(20_000);
    b.client.watch('job-2');
    await settle(20_000);
    expect(b.client.state).toBe('open');
    expect(b.gateway.sockets).toHaveLength(2);
    b.client.close();
    await settle(60_000);
    expect(b.client.state).toBe('closed');
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('A message that is none is an event, and nothing else', async () => {
  const errors: string[] = [];
  const b = await open({ on: { error: ({ code }) => errors.push(code) } });
  const subscription = b.client.watch('job-1');
  confirm(b, events(1, 2));
  for (const frame of [
    '',
    'null',
    '[]',
    '{"type":1}',
    '{"type":"replay"}',
    '{"type":"replay","data":[{"id":"1"}]}',
    '{"type":"event"}',
    new ArrayBuffer(1),
  ])
    b.gateway.socket.sayRaw(frame);
  b.gateway.socket.sayRaw('{"type":"of a newer gateway","jobId":"job-1"}');
  b.gateway.socket.say({ type: 'event', jobId: 'job-1', event: event(3) });
  await settle();
  expect(errors).toEqual(Array.from({ length: 8 }, () => 'invalid_server_message'));
  expect(ids(subscription.getSnapshot().events)).toEqual([1, 2, 3]);
  b.client.close();
});
