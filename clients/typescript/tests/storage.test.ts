import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { GatewayStorage } from '../src/index.ts';
import { bench, confirm, event, events, heard, ids, MemoryStorage, settle } from './harness.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

async function visit(storage: GatewayStorage, history = events(1, 3)): Promise<void> {
  const b = bench({ storage });
  b.client.watch('job-1');
  await settle();
  confirm(b, history);
  await settle(500);
  b.client.close();
}

it('A stored cursor goes on where it was, with what was known there', async () => {
  const storage = new MemoryStorage();
  await visit(storage, [event(1, 'iteration_completed', { score: 0.9 }), ...events(2, 3)]);
  const b = bench({ storage });
  const subscription = b.client.watch('job-1', { afterEventId: 'stored' });
  const list = heard(subscription);
  expect(subscription.getSnapshot()).toMatchObject({ lastEventId: 3, bestScore: 0.9, score: 0.03, iteration: 3, latest: { id: 3 } });
  await settle();
  expect(b.gateway.socket.last('subscribe')).toMatchObject({ afterEventId: 3, epoch: 'e1' });
  confirm(b, events(4, 5));
  await settle();
  expect(list).toEqual([4, 5]);
  expect(subscription.getSnapshot()).toMatchObject({ bestScore: 0.9, score: 0.05 });
  b.client.close();
});

it('What was known of a score gives way to events that have none', async () => {
  const storage = new MemoryStorage();
  await visit(storage, events(1, 3));
  const b = bench({ storage });
  const subscription = b.client.watch('job-1');
  await settle();
  confirm(b, [event(1, 'job_started', {})]);
  await settle();
  expect(subscription.getSnapshot()).toMatchObject({ score: null, bestScore: 0.03, latest: { id: 1 } });
  b.client.close();
});

it('A cursor is stored when the job is let go, and nothing is where it was not wanted', async () => {
  const storage = new MemoryStorage();
  const b = bench({ storage, batch: false });
  const [job, other] = [b.client.watch('job-1'), b.client.watch('job-2', { persist: false })];
  await settle();
  for (const { jobId, requestId } of b.gateway.socket.received as { jobId: string; requestId: string }[]) {
    b.gateway.socket.say({ type: 'subscribed', jobId, epoch: 'e1', lastEventId: 2, requestId });
    b.gateway.socket.say({ type: 'replay', jobId, data: events(1, 2), hasMore: false });
  }
  job.unsubscribe();
  other.unsubscribe();
  await settle(1);
  expect([...storage.items.keys()]).toEqual(['optimization-gateway:1:ws://gateway.test/ws/optimization:job-1']);
  await settle(60_000);
  expect(storage.items.size).toBe(1);
  b.client.close();
});

it('Keys hold no query of the address: there may be secrets in it', async () => {
  const storage = new MemoryStorage();
  const b = bench({ storage, url: 'ws://gateway.test/ws?access_token=secret' });
  b.client.watch('job-1');
  await settle();
  confirm(b, events(1, 1));
  await settle(500);
  expect([...storage.items.keys()]).toEqual(['optimization-gateway:1:ws://gateway.test/ws:job-1']);
  b.client.close();
});

it('Without one it begins at the beginning', async () => {
  const b = bench({ storage: new MemoryStorage() });
  b.client.watch('job-1', { afterEventId: 'stored' });
  await settle();
  expect(b.gateway.socket.last('subscribe')).toMatchObject({ afterEventId: 0 });
  b.client.close();
});

it('A page that asks for all the history shows the stored result until it has come, and stores no older cursor', async () => {
  const storage = new MemoryStorage();
  await visit(storage, events(1, 9));
  const b = bench({ storage });
  const subscription = b.client.watch('job-1');
  expect(subscription.getSnapshot()).toMatchObject({ lastEventId: 0, bestScore: 0.09, iteration: 9, events: [] });
  await settle();
  confirm(b, events(1, 2));
  await settle(500);
  expect(subscription.getSnapshot()).toMatchObject({ lastEventId: 2, bestScore: 0.09, score: 0.02, iteration: 2 });
  expect([...storage.items.values()][0]).toContain('"lastEventId":9');
  b.client.close();
});

it('What was stored of another log is forgotten', async () => {
  const storage = new MemoryStorage();
  await visit(storage, events(1, 9));
  const b = bench({ storage });
  const subscription = b.client.watch('job-1');
  await settle();
  confirm(b, events(1, 1), 'e2');
  await settle(500);
  expect(subscription.getSnapshot()).toMatchObject({ bestScore: 0.01, iteration: 1 });
  expect([...storage.items.values()][0]).toContain('"lastEventId":1');
  b.client.close();
});

it('An asynchronous storage may have promises of its own make', async () => {
  const memory = new MemoryStorage();
  await visit(memory);
  const thenable = <Value>(value: Value): PromiseLike<Value> => {
    const promise = Promise.resolve(value);
    // biome-ignore lint/suspicious/noThenProperty: it is what a promise of another library is.
    return { then: (...handlers) => promise.then(...handlers) };
  };
  const b = bench({ storage: { getItem: (key) => thenable(memory.getItem(key)), setItem: () => {}, removeItem: () => {} } });
  const subscription = b.client.watch('job-1', { afterEventId: 'stored' });
  await settle();
  expect(b.gateway.socket.last('subscribe')).toMatchObject({ afterEventId: 3 });
  expect(subscription.getSnapshot()).toMatchObject({ lastEventId: 3, bestScore: 0.03 });
  b.client.close();
});

it('An asynchronous storage is waited for', async () => {
  const memory = new MemoryStorage();
  await visit(memory);
  const storage: GatewayStorage = {
    getItem: (key) => new Promise((resolve) => setTimeout(() => resolve(memory.getItem(key)), 1_000)),
    setItem: (key, value) => Promise.resolve(memory.setItem(key, value)),
    removeItem: (key) => Promise.resolve(memory.removeItem(key)),
  };
  const b = bench({ storage });
  b.client.watch('job-1', { afterEventId: 'stored' });
  await settle(900);
  expect(b.gateway.socket.received).toEqual([]);
  await settle(200);
  expect(b.gateway.socket.last('subscribe')).toMatchObject({ afterEventId: 3 });
  b.client.close();
});

it.each([
  ['full', { getItem: () => null, setItem: fail, removeItem: fail }],
  ['forbidden', { getItem: fail, setItem: fail, removeItem: fail }],
  [
    'broken and asynchronous',
    { getItem: () => Promise.reject(new Error('no')), setItem: () => Promise.reject(new Error('no')), removeItem: fail },
  ],
] satisfies [string, GatewayStorage][])('A storage that is %s is one event, and breaks nothing', async (_, storage) => {
  const errors: string[] = [];
  const b = bench({ storage, on: { error: ({ code }) => errors.push(code) } });
  const subscription = b.client.watch('job-1', { afterEventId: 'stored' });
  await settle();
  confirm(b, events(1, 2));
  await settle(500);
  b.gateway.socket.say({ type: 'event', jobId: 'job-1', event: event(3) });
  await settle(500);
  expect(ids(subscription.getSnapshot().events)).toEqual([1, 2, 3]);
  expect(errors).toEqual(['storage_failed']);
  b.client.close();
});

it('A storage that works for a while and fails again is an event for each time', async () => {
  let isFull = true;
  const storage = { getItem: () => null, setItem: () => isFull && fail(), removeItem: () => {} };
  const errors: string[] = [];
  const b = bench({ storage, on: { error: ({ code }) => errors.push(code) } });
  b.client.watch('job-1');
  await settle();
  confirm(b, events(1, 1));
  for (const [i, full] of [true, false, true, true].entries()) {
    isFull = full;
    b.gateway.socket.say({ type: 'event', jobId: 'job-1', event: event(i + 2) });
    await settle(500);
  }
  expect(errors).toEqual(['storage_failed', 'storage_failed']);
  b.client.close();
});

it('What it finds that is no record of ours is none', async () => {
  for (const text of ['', '{', 'null', '{"lastEventId":"7"}', '7']) {
    const storage = { getItem: () => text, setItem: () => {}, removeItem: () => {} };
    const b = bench({ storage });
    b.client.watch('job-1', { afterEventId: 'stored' });
    await settle();
    expect(b.gateway.socket.last('subscribe')).toMatchObject({ afterEventId: 0 });
    b.client.close();
  }
});

function fail(): never {
  throw new Error('QuotaExceededError');
}
