import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createGatewayClient, type GatewayClientOptions, type WatchOptions } from '../src/index.ts';
import { FakeGateway } from '../src/testing.ts';
import { bench, confirm, events, MemoryStorage, settle, url } from './harness.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const invalid = (message: string) => expect.objectContaining({ code: 'invalid_argument', message: expect.stringContaining(message) });

describe('Job ids', () => {
  it.each([['job-1\r'], [''], ['x'.repeat(257)], ['\u0085'], ['\ud800'], [7], [undefined], [null]])(
    'that the gateway would refuse (%j) are reported on that one subscription, and never sent',
    async (jobId) => {
      const b = bench({ lazy: false, storage: false, batch: false });
      const healthy = b.client.watch('job-1');
      await settle();
      confirm(b, events(1, 2));
      const errors: string[] = [];
      for (let i = 0; i < 12; i++) b.client.watch(jobId as string).on('error', ({ code }) => errors.push(code));
      const wrong = b.client.watch(jobId as string);
      const loop = wrong[Symbol.asyncIterator]().next();
      const outcomes = [wrong.replay(), b.client.replay(jobId as string), loop].map((promise) =>
        expect(promise).rejects.toEqual(invalid('jobId must be a string of 1 to 256 characters')),
      );
      await settle();
      await Promise.all(outcomes);
      wrong.resume();
      b.client.connect();
      b.gateway.socket.end(1006);
      await settle(2_000);
      expect(b.gateway.sockets.flatMap(({ received }) => received)).toMatchObject([{ jobId: 'job-1' }, { jobId: 'job-1' }]);
      expect(errors).toHaveLength(12);
      expect(healthy.getSnapshot()).toMatchObject({ status: 'stale', error: null, lastEventId: 2 });
      expect(b.client.state).toBe('open');
      b.client.close();
    },
  );

  it('of 256 units of well-formed text are sent', async () => {
    const b = bench({ lazy: false });
    const jobId = '\u{1f600}'.repeat(128);
    b.client.watch(jobId);
    await settle();
    expect(b.gateway.socket.last('subscribe').jobId).toBe(jobId);
    b.client.close();
  });
});

describe('Cursors', () => {
  it.each([
    [Number.NaN, 'not the number NaN'],
    [Number.POSITIVE_INFINITY, 'not the number Infinity'],
    [-1, 'not the number -1'],
    [1.5, 'not the number 1.5'],
    [2 ** 53, 'not the number 9007199254740992'],
    ['7', 'afterEventId must be a whole number from 0 on, not the string 7'],
    [7n, 'not the bigint 7'],
    [null, 'not the object null'],
    [new Date(5), 'not the object'],
  ])('that JSON would change or the gateway refuse (%s) are refused before anything is sent', async (afterEventId, message) => {
    const b = bench({ lazy: false, storage: false });
    const healthy = b.client.watch('job-1');
    await settle();
    confirm(b, events(1, 2));
    await settle();
    const options = { afterEventId } as WatchOptions;
    for (const jobId of ['job-1', 'job-2']) {
      expect(() => b.client.watch(jobId, options)).toThrow(invalid(message));
      expect(() => b.client.observe(jobId, options)).toThrow(invalid(message));
      await expect(b.client.replay(jobId, options as never)).rejects.toEqual(invalid(message));
    }
    await expect(healthy.replay(afterEventId as number)).rejects.toEqual(invalid(message));
    await settle(1_000);
    expect(b.gateway.socket.received).toHaveLength(1);
    expect(healthy.getSnapshot()).toMatchObject({ status: 'live', lastEventId: 2 });
    b.client.close();
  });

  it('that are none connect nothing', async () => {
    const b = bench();
    await expect(b.client.replay('job-1', { afterEventId: -1 })).rejects.toEqual(invalid('not the number -1'));
    await settle();
    expect(b.client.state).toBe('idle');
    expect(b.gateway.sockets).toHaveLength(0);
  });

  it.each(['{"lastEventId":-5}', '{"lastEventId":"7"}', '{"lastEventId":1e300}', '{"lastEventId":3,"epoch":7}'])(
    'that somebody else has stored (%s) are none',
    async (record) => {
      const storage = new MemoryStorage();
      storage.setItem(`optimization-gateway:1:${url}:job-1`, record);
      const b = bench({ storage });
      b.client.watch('job-1', { afterEventId: 'stored' });
      await settle();
      expect(b.gateway.socket.received).toEqual([{ type: 'subscribe', jobId: 'job-1', afterEventId: 0, requestId: '1' }]);
      b.client.close();
    },
  );

  it.each([Number.NaN, 0, -1, '100'])('are no worse for a maxEvents that is none (%s)', async (maxEvents) => {
    const b = bench({ batch: false });
    const healthy = b.client.watch('job-1', { maxEvents: 2 });
    expect(() => b.client.watch('job-1', { maxEvents: maxEvents as number })).toThrow(invalid('maxEvents must be a number from 1 on'));
    await settle();
    confirm(b, events(1, 5));
    await settle();
    expect(healthy.getSnapshot().events).toHaveLength(2);
    b.client.close();
  });
});

describe('Times', () => {
  const all: [string, (time: number) => Partial<GatewayClientOptions>, number][] = [
    ['minDelay', (minDelay) => ({ reconnect: { minDelay } }), 1],
    ['maxDelay', (maxDelay) => ({ reconnect: { maxDelay } }), 1],
    ['interval', (interval) => ({ keepAlive: { interval } }), 1],
    ['timeout', (timeout) => ({ keepAlive: { timeout } }), 1],
    ['idleTimeout', (idleTimeout) => ({ idleTimeout }), 0],
    ['batch', (batch) => ({ batch }), 0],
  ];

  it.each(all)('of %s are checked', async (name, optionsOf, least) => {
    const message = `${name} must be a number from ${least} on`;
    for (const time of [Number.NaN, -1, least - 1, '100', null]) expect(() => bench(optionsOf(time as number))).toThrow(invalid(message));
    for (const time of [least, undefined]) bench(optionsOf(time as number));
  });

  it.each(all)('of %s that no timer holds are never over', async (_, optionsOf) => {
    for (const time of [2 ** 31, Number.POSITIVE_INFINITY]) {
      const b = bench({ storage: false, ...optionsOf(time) });
      const job = b.client.watch('job-1');
      await settle();
      confirm(b, events(1, 1));
      await settle(60_000);
      // Ten pings a minute at the most; those of the default interval are four.
      expect(b.gateway.socket.received.length).toBeLessThan(6);
      expect(b.gateway.sockets).toHaveLength(1);
      job.unsubscribe();
      await settle(1_000);
      expect(b.client.state).toBe('open');
      b.gateway.socket.end(1006);
      const { retryAt } = b.client.getSnapshot();
      expect(retryAt === null || retryAt > Date.now() + 400).toBe(true);
      b.client.close();
      await settle(60_000);
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  it('are in order where the longest delay is shorter than the shortest', async () => {
    const b = bench({ lazy: false, reconnect: { minDelay: 30_000 } });
    await settle();
    b.gateway.socket.end(1006);
    expect((b.client.getSnapshot().retryAt ?? 0) - Date.now()).toBe(30_000);
    b.client.close();
  });

  it('without end mean that a socket is not asked, but after a sleep', async () => {
    const b = bench(
      { lazy: false, keepAlive: { interval: Number.POSITIVE_INFINITY, timeout: Number.POSITIVE_INFINITY } },
      { hears: () => {} },
    );
    await settle(3_600_000);
    expect(b.gateway.socket.received).toEqual([]);
    vi.setSystemTime(Date.now() + 3_600_000);
    await settle(3_600_000);
    expect(b.gateway.socket.received).toEqual([{ type: 'ping' }]);
    expect(b.client.state).toBe('open');
    b.client.close();
  });
});

describe('Addresses', () => {
  const { WebSocket } = new FakeGateway();

  it.each([undefined, null, '', 'localhost:8080/ws', 'ftp://gateway.test/', 'ws://', 'ws://gateway.test/#part', 'ws://a b/'])(
    'that are none (%s) are refused at once',
    (wrong) => {
      expect(() => createGatewayClient({ url: wrong as string, WebSocket })).toThrow(invalid('url must be a ws(s) or http(s) address'));
    },
  );

  it.each([
    ['http://page.test/a/', 'http://page.test/b', '/ws', 'ws://page.test/ws'],
    ['https://page.test/base/', 'https://page.test/b', 'ws', 'wss://page.test/base/ws'],
    // A srcdoc frame: what it is relative to is its parent's.
    ['https://page.test/parent', 'about:srcdoc', '/ws', 'wss://page.test/ws'],
    // A worker has no document.
    [undefined, 'https://page.test/worker.js', '/ws', 'wss://page.test/ws'],
  ])('are relative to what links are (%s, %s)', async (baseURI, href, relative, expected) => {
    vi.stubGlobal('document', baseURI && { baseURI });
    vi.stubGlobal('location', { href });
    const { gateway, client } = bench({ url: relative, lazy: false, networkEvents: false, storage: false });
    vi.unstubAllGlobals();
    await settle();
    expect(gateway.socket.url).toBe(expected);
    client.close();
  });

  it('that are relative in a worker made of a blob are refused, as a WebSocket does', () => {
    vi.stubGlobal('location', { href: 'blob:https://page.test/1234' });
    expect(() => createGatewayClient({ url: '/ws', WebSocket })).toThrow(invalid('url must be'));
    vi.unstubAllGlobals();
  });
});
