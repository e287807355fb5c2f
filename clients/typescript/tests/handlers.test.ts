import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobEvent } from '../src/index.ts';
import { bench, confirm, event, events, heard, ids, settle } from './harness.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('Handlers', () => {
  it('that throw break nothing, and are reported', async () => {
    const reported = vi.spyOn(console, 'error').mockImplementation(() => {});
    const b = bench();
    const subscription = b.client.watch('job-1');
    subscription.on('event', () => {
      throw new Error('mine');
    });
    const list = heard(subscription);
    await settle();
    confirm(b, events(1, 3));
    await settle();
    expect(list).toEqual([1, 2, 3]);
    expect(reported).toHaveBeenCalledTimes(3);
    expect(subscription.getSnapshot().status).toBe('live');
    b.client.close();
  });

  it('find the cursor behind the event they hear, whatever they do', async () => {
    const b = bench();
    const subscription = b.client.watch('job-1');
    const list = heard(subscription);
    subscription.on('event', () => {
      expect(subscription.getSnapshot().lastEventId).toBe(3);
      // The worst one can do: cut the connection under it.
      b.gateway.socket.end(1006);
    });
    await settle();
    confirm(b, events(1, 3));
    await settle(1_500);
    expect(b.gateway.socket.last('subscribe')).toMatchObject({ afterEventId: 3 });
    confirm(b, []);
    await settle();
    expect(list).toEqual([1, 2, 3]);
    b.client.close();
  });

  it('hear nothing after they have unsubscribed, even in the middle of a batch', async () => {
    const b = bench();
    const subscription = b.client.watch('job-1');
    subscription.on('event', ({ id }) => id === 2 && subscription.unsubscribe());
    const list = heard(subscription);
    await settle();
    confirm(b, events(1, 5));
    await settle();
    expect(list).toEqual([1]);
    b.client.close();
  });

  it('that are added by another hear from the next event on', async () => {
    const b = bench();
    const subscription = b.client.watch('job-1');
    const late: number[] = [];
    let isAdded = false;
    subscription.on('event', () => {
      if (isAdded) return;
      isAdded = true;
      subscription.on('event', ({ id }) => late.push(id));
    });
    await settle();
    confirm(b, events(1, 3));
    await settle();
    expect(late).toEqual([2, 3]);
    b.client.close();
  });

  it('are told of the end once, with the last event', async () => {
    const b = bench();
    const subscription = b.client.watch('job-1');
    const ends: (JobEvent | null)[] = [];
    subscription.on('completed', (last) => ends.push(last));
    await settle();
    confirm(b, [...events(1, 2), event(3, 'job_cancelled', {})]);
    b.gateway.socket.say({ type: 'unsubscribed', jobId: 'job-1', reason: 'job_ended' });
    await settle();
    b.gateway.socket.end(1006);
    await settle(5_000);
    expect(ends).toMatchObject([{ id: 3 }]);
    // Nothing is asked for a job that has ended.
    expect(b.gateway.socket.received).toEqual([]);
    expect(subscription.getSnapshot().status).toBe('ended');
    b.client.close();
  });
});

describe('Batches', () => {
  it('carry 10,000 replayed events in at most 100 notifications, in one frame each', async () => {
    const b = bench();
    const subscription = b.client.watch('job-1');
    let notifications = 0;
    subscription.subscribe(() => notifications++);
    await settle();
    b.gateway.socket.say({ type: 'subscribed', jobId: 'job-1', lastEventId: 10_000, requestId: '1' });
    for (let from = 1; from <= 10_000; from += 20) {
      b.gateway.socket.say({ type: 'replay', jobId: 'job-1', data: events(from, from + 19), hasMore: from < 9_981 });
      if (from % 200 === 1) await vi.advanceTimersByTimeAsync(16);
    }
    await settle();
    expect(subscription.getSnapshot().events).toHaveLength(10_000);
    expect(notifications).toBeLessThanOrEqual(100);
    b.client.close();
  });

  it('keep the snapshot the same object until one lands', async () => {
    const b = bench();
    const subscription = b.client.watch('job-1');
    await settle();
    confirm(b, events(1, 1));
    await settle();
    const before = subscription.getSnapshot();
    b.gateway.socket.say({ type: 'event', jobId: 'job-1', event: event(2) });
    const timers = vi.getTimerCount();
    b.gateway.socket.say({ type: 'event', jobId: 'job-1', event: event(3) });
    // One timer, whatever comes.
    expect(vi.getTimerCount()).toBe(timers);
    expect(subscription.getSnapshot()).toBe(before);
    await settle();
    expect(subscription.getSnapshot()).not.toBe(before);
    expect(before.events).toHaveLength(1);
    b.client.close();
  });

  it('that bring nothing new tell nobody', async () => {
    const b = bench();
    const subscription = b.client.watch('job-1');
    await settle();
    confirm(b, events(1, 3));
    await settle();
    let notifications = 0;
    subscription.subscribe(() => notifications++);
    b.gateway.socket.say({ type: 'event', jobId: 'job-1', event: event(2) });
    await settle();
    expect(notifications).toBe(0);
    b.client.close();
  });

  it('keep as many as the watcher wants who wants the most', async () => {
    const b = bench({ batch: false });
    const [most] = [b.client.watch('job-1', { maxEvents: 4 }), b.client.watch('job-1', { maxEvents: 2 })];
    await settle();
    confirm(b, events(1, 6));
    await settle();
    expect(ids(most.getSnapshot().events)).toEqual([3, 4, 5, 6]);
    b.client.close();
  });

  it('keep at most maxEvents, the newest, and the best score of all', async () => {
    const b = bench({ batch: false });
    const subscription = b.client.watch('job-1', { maxEvents: 3 });
    await settle();
    confirm(b, [event(1, 'iteration_completed', { score: 0.9 }), ...events(2, 5)]);
    await settle();
    expect(ids(subscription.getSnapshot().events)).toEqual([3, 4, 5]);
    expect(subscription.getSnapshot()).toMatchObject({ score: 0.05, bestScore: 0.9 });
    b.client.close();
  });

  it('do not grow without end in a tab that is given no time', async () => {
    const b = bench({ batch: 3_600_000 });
    const subscription = b.client.watch('job-1');
    await settle();
    confirm(b, events(1, 4_999));
    expect(subscription.getSnapshot().events).toHaveLength(0);
    b.gateway.socket.say({ type: 'event', jobId: 'job-1', event: event(5_000) });
    expect(subscription.getSnapshot().events).toHaveLength(5_000);
    b.client.close();
  });
});
