// @vitest-environment happy-dom

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GatewayClientOptions } from '../src/index.ts';
import { type Bench, bench, confirm, events, MemoryStorage, settle } from './harness.ts';

let b: Bench;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  b.client.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A client whose connection was just cut; the next attempt is half a second away at the least. */
async function cut(options: Partial<GatewayClientOptions> = {}): Promise<void> {
  b = bench({ lazy: false, storage: false, ...options });
  await settle();
  b.gateway.socket.end(1006);
  expect(b.client.state).toBe('reconnecting');
  expect(b.gateway.sockets).toHaveLength(1);
}

const goOnline = (isOnline: boolean): void => {
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(isOnline);
  window.dispatchEvent(new Event(isOnline ? 'online' : 'offline'));
};

const show = (state: DocumentVisibilityState): void => {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state);
  document.dispatchEvent(new Event('visibilitychange'));
};

describe('What the page tells', () => {
  it.each([
    ['online', () => goOnline(true)],
    ['shown again', () => window.dispatchEvent(new Event('pageshow'))],
    ['thawed', () => document.dispatchEvent(new Event('resume'))],
    ['visible', () => show('visible')],
  ])('brings the client back at once when it is %s', async (_, happen) => {
    await cut();
    happen();
    await settle(0);
    expect(b.gateway.sockets).toHaveLength(2);
    expect(b.client.state).toBe('open');
  });

  it('asks an open connection for a sign of life', async () => {
    b = bench({ lazy: false, storage: false });
    await settle();
    show('visible');
    expect(b.gateway.socket.received).toEqual([{ type: 'ping' }]);
    expect(b.gateway.sockets).toHaveLength(1);
  });

  it('changes nothing when the page is hidden', async () => {
    await cut();
    show('hidden');
    await settle(0);
    expect(b.gateway.sockets).toHaveLength(1);
  });

  it('ends all attempts while the browser is offline', async () => {
    b = bench({ storage: false });
    const job = b.client.watch('job-1');
    await settle();
    confirm(b, events(1, 2));
    goOnline(false);
    await settle();
    expect(b.client.getSnapshot()).toMatchObject({ state: 'offline', retryAt: null });
    expect(b.gateway.socket.closedWith).toBe(1000);
    expect(job.getSnapshot().status).toBe('stale');
    await settle(600_000);
    show('visible');
    await settle(600_000);
    expect(b.gateway.sockets).toHaveLength(1);
    goOnline(true);
    await settle(0);
    expect(b.gateway.socket.last('subscribe')).toMatchObject({ afterEventId: 2 });
  });

  it('lets a connection that is lost while the browser is offline wait for it', async () => {
    b = bench({ lazy: false, storage: false });
    await settle();
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    b.gateway.socket.end(1006);
    expect(b.client.state).toBe('offline');
    await settle(60_000);
    expect(b.gateway.sockets).toHaveLength(1);
  });

  it('lets the connection go when the page is left, and what has come is stored', async () => {
    const storage = new MemoryStorage();
    b = bench({ storage });
    const job = b.client.watch('job-1');
    await settle();
    confirm(b, events(1, 3));
    window.dispatchEvent(new Event('pagehide'));
    expect([...storage.items.values()]).toMatchObject([expect.stringContaining('"lastEventId":3')]);
    expect(b.gateway.socket.closedWith).toBe(1000);
    expect(b.client.getSnapshot()).toMatchObject({ state: 'reconnecting', reason: 'the page was left', retryAt: null });
    await settle(60_000);
    expect(job.getSnapshot().status).toBe('stale');
    expect(b.gateway.sockets).toHaveLength(1);
    window.dispatchEvent(new Event('pageshow'));
    await settle();
    expect(b.gateway.socket.last('subscribe')).toMatchObject({ afterEventId: 3 });
  });

  it('is not listened to without networkEvents', async () => {
    await cut({ networkEvents: false });
    goOnline(false);
    window.dispatchEvent(new Event('pagehide'));
    goOnline(true);
    window.dispatchEvent(new Event('pageshow'));
    show('visible');
    await settle(0);
    expect(b.client.state).toBe('reconnecting');
    expect(b.gateway.sockets).toHaveLength(1);
  });

  it('does not wake a client that was closed', async () => {
    await cut();
    b.client.close();
    goOnline(false);
    goOnline(true);
    window.dispatchEvent(new Event('pageshow'));
    await settle(60_000);
    expect(b.client.state).toBe('closed');
    expect(b.gateway.sockets).toHaveLength(1);
  });
});

describe('Storage that the browser forbids', () => {
  it('is an event for those who listen, and nothing breaks', async () => {
    vi.spyOn(window, 'sessionStorage', 'get').mockImplementation(() => {
      throw new DOMException('Access is denied for this document.', 'SecurityError');
    });
    const errors: unknown[] = [];
    b = bench({ on: { error: ({ code, details }) => errors.push([code, (details.cause as Error).name]) } });
    const job = b.client.watch('job-1', { afterEventId: 'stored' });
    await settle();
    confirm(b, events(1, 2));
    await settle(1_000);
    expect(job.getSnapshot()).toMatchObject({ status: 'live', lastEventId: 2 });
    expect(errors).toEqual([['storage_failed', 'SecurityError']]);
  });
});

describe('Frames', () => {
  it('bring a batch, and a timer does where there are none', async () => {
    const frames: FrameRequestCallback[] = [];
    vi.spyOn(globalThis, 'requestAnimationFrame').mockImplementation((frame) => frames.push(frame));
    const cancelled = vi.spyOn(globalThis, 'cancelAnimationFrame').mockImplementation(() => {});
    b = bench({ storage: false });
    const job = b.client.watch('job-1');
    await vi.advanceTimersByTimeAsync(200);
    confirm(b, events(1, 2));
    confirm(b, events(3, 4));
    frames.at(-1)?.(0);
    expect(job.getSnapshot().events).toHaveLength(4);
    const asked = frames.length;
    b.gateway.socket.say({ type: 'event', jobId: 'job-1', event: events(5, 5)[0] ?? never() });
    expect(frames).toHaveLength(asked + 1);
    await vi.advanceTimersByTimeAsync(99);
    expect(job.getSnapshot().events).toHaveLength(4);
    await vi.advanceTimersByTimeAsync(1);
    expect(job.getSnapshot().events).toHaveLength(5);
    expect(cancelled).toHaveBeenLastCalledWith(frames.length);
  });
});

it('A client that was closed, or was told to stay away, hears the page no more', async () => {
  const signals: (AbortSignal | undefined)[] = [];
  const listen = window.addEventListener.bind(window);
  vi.spyOn(window, 'addEventListener').mockImplementation(
    (name: string, handler: EventListenerOrEventListenerObject, options?: AddEventListenerOptions | boolean) => {
      signals.push(typeof options === 'object' ? options.signal : undefined);
      listen(name, handler, options);
    },
  );
  await cut();
  b.client.close();
  expect(signals.length).toBeGreaterThan(2);
  expect(signals.every((signal) => signal?.aborted)).toBe(true);
  b.client.connect();
  await settle();
  b.gateway.socket.end(4503);
  window.dispatchEvent(new Event('pageshow'));
  await settle();
  expect(b.client.state).toBe('closed');
});
function never(): never {
  throw new Error('no event');
}
