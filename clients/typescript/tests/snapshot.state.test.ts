import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobEvent, JobSubscription, WatchOptions } from '../src/index.ts';
import { type Bench, bench, confirm, event, events, MemoryStorage, settle } from './harness.ts';

const started = event(1, 'job_started', { promptId: 'p', datasetId: 'd', config: { maxIterations: 9 } });
const paused = (id: number): JobEvent => event(id, 'job_paused', { pausedAt: '2026-01-01T00:00:00.000Z', currentIteration: id });
const custom = (id: number): JobEvent => event(id, 'candidate_rejected', {});
const failed = (id: number): JobEvent => event(id, 'job_failed', { error: 'boom', errorStack: '', willRetry: true });

let b: Bench;
let storage: MemoryStorage;

beforeEach(() => {
  vi.useFakeTimers();
  storage = new MemoryStorage();
  b = bench({ storage });
});

afterEach(() => {
  b.client.close();
  vi.useRealTimers();
});

async function watch(options?: WatchOptions): Promise<JobSubscription> {
  const job = b.client.watch('job-1', options);
  await settle();
  return job;
}

/** The tab is loaded anew. */
async function reload(): Promise<void> {
  await settle(500);
  b.client.close();
  b = bench({ storage });
}

async function subscribed(members: { lastEventId?: number; earliestEventId?: number; epoch?: string }): Promise<void> {
  const { requestId = '' } = b.gateway.socket.last('subscribe');
  b.gateway.socket.say({ type: 'subscribed', jobId: 'job-1', epoch: 'e1', ...members, requestId });
  await settle();
}

async function replayed(data: readonly JobEvent[], hasMore = false): Promise<void> {
  b.gateway.socket.say({ type: 'replay', jobId: 'job-1', data, hasMore });
  await settle();
}

async function happens(...list: readonly JobEvent[]): Promise<void> {
  for (const next of list) b.gateway.socket.say({ type: 'event', jobId: 'job-1', event: next });
  await settle();
}

async function ends(): Promise<void> {
  b.gateway.socket.say({ type: 'unsubscribed', jobId: 'job-1', reason: 'job_ended' });
  await settle();
}

describe('A whole history', () => {
  it('that is empty is a job in a queue, until an event tells more', async () => {
    const job = await watch();
    expect(job.getSnapshot().state).toBe('unknown');
    await subscribed({ lastEventId: 0 });
    await replayed([]);
    expect(job.getSnapshot()).toMatchObject({ state: 'queued', status: 'live' });
    await happens(custom(1));
    expect(job.getSnapshot().state).toBe('queued');
    await happens({ ...started, id: 2 });
    expect(job.getSnapshot()).toMatchObject({ state: 'running', started: { promptId: 'p' } });
  });

  it('that hasn’t come yet is no queue', async () => {
    const job = await watch();
    await subscribed({ lastEventId: 7 });
    expect(job.getSnapshot()).toMatchObject({ state: 'unknown', status: 'replaying' });
  });

  it('that has only events of the backend’s own is a job in a queue, also after a reload', async () => {
    await watch();
    confirm(b, [custom(1)]);
    await reload();
    const job = await watch({ afterEventId: 'stored' });
    expect(job.getSnapshot().state).toBe('queued');
    await subscribed({ lastEventId: 1 });
    await replayed([]);
    expect(job.getSnapshot().state).toBe('queued');
  });

  it('that has lost its beginning is no queue', async () => {
    const job = await watch();
    await subscribed({ lastEventId: 9, earliestEventId: 9 });
    await replayed([custom(9)]);
    expect(job.getSnapshot().state).toBe('unknown');
  });

  it('is told anew when it is read anew: what was stored is shown until then', async () => {
    await watch();
    confirm(b, [started, ...events(2, 3), paused(4)]);
    await reload();
    const job = await watch();
    expect(job.getSnapshot()).toMatchObject({ state: 'paused', started: { promptId: 'p' }, events: [] });
    await subscribed({ lastEventId: 4 });
    await replayed([started], true);
    expect(job.getSnapshot().state).toBe('running');
    await replayed([...events(2, 3), paused(4)]);
    expect(job.getSnapshot().state).toBe('paused');
  });

  it('of an ended job that tells no end leaves unknown how it ended', async () => {
    const job = await watch();
    await subscribed({ lastEventId: 2 });
    await replayed([started, event(2)]);
    await ends();
    expect(job.getSnapshot()).toMatchObject({ state: 'unknown', status: 'ended' });
  });

  it('that is empty of an ended job is no queue', async () => {
    const job = await watch();
    await subscribed({ lastEventId: 0 });
    await replayed([]);
    await ends();
    expect(job.getSnapshot()).toMatchObject({ state: 'unknown', status: 'ended' });
  });
});

describe('What job_started said', () => {
  it('stays when that event is pushed out', async () => {
    const job = await watch({ maxEvents: 2 });
    confirm(b, [started, ...events(2, 20)]);
    await settle();
    expect(job.getSnapshot().events).toHaveLength(2);
    expect(job.getSnapshot()).toMatchObject({ state: 'running', started: { promptId: 'p', config: { maxIterations: 9 } } });
  });

  it('stays over a reload, also where the log has lost it since', async () => {
    await watch();
    confirm(b, [started, ...events(2, 20)]);
    await reload();
    const job = await watch();
    await subscribed({ lastEventId: 21, earliestEventId: 10 });
    await replayed(events(10, 21));
    expect(job.getSnapshot()).toMatchObject({ state: 'running', started: { promptId: 'p', startedAt: started.timestamp } });
  });

  it('is forgotten with its log', async () => {
    await watch();
    confirm(b, [started, ...events(2, 20)]);
    await reload();
    const job = await watch();
    await subscribed({ lastEventId: 0, epoch: 'e2' });
    await replayed([]);
    expect(job.getSnapshot()).toMatchObject({ state: 'queued', started: null, failure: null });
  });
});

describe('Who begins in the middle', () => {
  it.each<[WatchOptions['afterEventId'], JobEvent, string]>([
    [7, event(8), 'running'],
    [7, paused(8), 'paused'],
    [7, custom(8), 'unknown'],
    ['latest', event(8), 'running'],
    ['latest', custom(8), 'unknown'],
  ])('after %s doesn’t know the state until an event tells it', async (afterEventId, next, state) => {
    const job = await watch({ afterEventId });
    await subscribed({ lastEventId: 7 });
    if (afterEventId !== 'latest') await replayed([]);
    expect(job.getSnapshot()).toMatchObject({ state: 'unknown', status: 'live', started: null });
    await happens(next);
    expect(job.getSnapshot().state).toBe(state);
  });

  it('with the newest only knows that a log without events is a queue', async () => {
    const job = await watch({ afterEventId: 'latest' });
    await subscribed({ lastEventId: 0 });
    expect(job.getSnapshot().state).toBe('queued');
  });

  it('with the newest only, of a job that has ended, doesn’t know how', async () => {
    const job = await watch({ afterEventId: 'latest' });
    await subscribed({ lastEventId: 7 });
    await ends();
    expect(job.getSnapshot()).toMatchObject({ state: 'unknown', status: 'ended' });
  });

  it.each([
    [4, 'paused'],
    [5, 'unknown'],
  ])(
    'with the newest only after a reload knows what is stored; the state only if nothing happened since (%s)',
    async (lastEventId, state) => {
      await watch();
      confirm(b, [started, ...events(2, 3), paused(4)]);
      await reload();
      const job = await watch({ afterEventId: 'latest' });
      await subscribed({ lastEventId });
      expect(job.getSnapshot()).toMatchObject({ state, status: 'live', started: { promptId: 'p' } });
    },
  );

  it('after a reload where it was, knows all that was known there', async () => {
    await watch();
    confirm(b, [started, failed(2)]);
    await reload();
    const job = await watch({ afterEventId: 'stored' });
    await subscribed({ lastEventId: 3 });
    await replayed([custom(3)]);
    expect(job.getSnapshot()).toMatchObject({ state: 'running', started: { promptId: 'p' }, failure: { willRetry: true } });
  });

  it('beyond what is stored doesn’t take the stored state for today’s', async () => {
    await watch();
    confirm(b, [started, paused(2)]);
    await reload();
    const job = await watch({ afterEventId: 7 });
    await subscribed({ lastEventId: 8 });
    await replayed([custom(8)]);
    expect(job.getSnapshot()).toMatchObject({ state: 'unknown', started: { promptId: 'p' } });
  });
});

describe('Over a lost connection', () => {
  it('the state stays what it was, and goes on with the next event', async () => {
    const job = await watch();
    confirm(b, [started, paused(2)]);
    await settle();
    b.gateway.socket.end(1006);
    await settle();
    expect(job.getSnapshot()).toMatchObject({ state: 'paused', status: 'stale' });
    await settle(2_000);
    await subscribed({ lastEventId: 3, earliestEventId: 3 });
    expect(job.getSnapshot().state).toBe('paused');
    await replayed([event(3)]);
    expect(job.getSnapshot().state).toBe('running');
  });

  it.each(['restart', 'skip'] as const)(
    'events that are gone may have changed it: after %s it is unknown until one tells',
    async (choice) => {
      const job = await watch();
      confirm(b, [started, failed(2)]);
      await settle();

      b.gateway.socket.say({
        type: 'error',
        jobId: 'job-1',
        error: 'gone',
        code: 'history_truncated',
        subscription: 'ended',
        earliestEventId: 8,
        latestEventId: 9,
      });
      await settle();
      expect(job.getSnapshot()).toMatchObject({ state: 'running', failure: { willRetry: true } });
      job.getSnapshot().gap?.[choice]();
      await settle();
      await subscribed({ lastEventId: 9, earliestEventId: 8 });
      if (choice === 'restart') await replayed([custom(8), custom(9)]);
      expect(job.getSnapshot()).toMatchObject({ state: 'unknown', failure: null, started: { promptId: 'p' } });
      await happens(event(10));
      expect(job.getSnapshot().state).toBe('running');
    },
  );
});

it('A gateway that doesn’t say where now is leaves the state unknown until an event tells it', async () => {
  await watch();
  confirm(b, [started, paused(2)]);
  await reload();
  const job = await watch({ afterEventId: 'latest' });
  await subscribed({});
  expect(job.getSnapshot()).toMatchObject({ state: 'unknown', status: 'live' });
});

it('Events that wait for the next batch while the connection changes are part of the state', async () => {
  b.client.close();
  b = bench({ storage, batch: 60_000 });
  const job = await watch();
  confirm(b, [started, paused(2)]);
  b.gateway.socket.end(1006);
  await settle(2_000);
  await subscribed({ lastEventId: 2 });
  await settle(60_000);
  expect(job.getSnapshot()).toMatchObject({ state: 'paused', started: { promptId: 'p' } });
});
