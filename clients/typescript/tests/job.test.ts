import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GatewayError, JobEvent } from '../src/index.ts';
import { bench, confirm, event, events, heard, ids, MemoryStorage, settle } from './harness.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('A subscription', () => {
  it('asks for all the history, and shows it, and then what happens', async () => {
    const b = bench();
    const subscription = b.client.watch('job-1');
    const statuses: string[] = [subscription.getSnapshot().status];
    subscription.on('status', (status) => statuses.push(status));
    await settle();
    expect(b.gateway.socket.received).toEqual([{ type: 'subscribe', jobId: 'job-1', afterEventId: 0, requestId: '1' }]);
    b.gateway.socket.say({ type: 'subscribed', jobId: 'job-1', epoch: 'e1', lastEventId: 3, requestId: '1' });
    b.gateway.socket.say({ type: 'replay', jobId: 'job-1', data: events(1, 2), hasMore: true });
    await settle();
    expect(subscription.getSnapshot()).toMatchObject({ status: 'replaying', lastEventId: 2 });
    b.gateway.socket.say({ type: 'replay', jobId: 'job-1', data: [event(3)], hasMore: false });
    b.gateway.socket.say({ type: 'event', jobId: 'job-1', event: event(4, 'job_completed', { resultPromptId: 'p', finalScore: 0.9 }) });
    b.gateway.socket.say({ type: 'unsubscribed', jobId: 'job-1', reason: 'job_ended' });
    await settle();
    expect(statuses).toEqual(['subscribing', 'replaying', 'ended']);
    expect(subscription.getSnapshot()).toMatchObject({
      status: 'ended',
      lastEventId: 4,
      score: 0.9,
      bestScore: 0.9,
      iteration: 4,
      stage: 'evaluate',
    });
    b.client.close();
  });

  it('resumes with its last id and epoch, and says since when it was stale', async () => {
    const b = bench();
    const subscription = b.client.watch('job-1');
    const list = heard(subscription);
    await settle();
    confirm(b, events(1, 3));
    await settle();
    const heardAt = Date.now();
    b.gateway.socket.say({ type: 'event', jobId: 'job-1', event: event(4) });
    await settle(5_000);
    b.gateway.socket.end(1006);
    await settle(120);
    expect(subscription.getSnapshot()).toMatchObject({ status: 'stale', staleSince: heardAt, lastEventId: 4 });
    await settle(1_000);
    expect(b.gateway.socket.received).toMatchObject([{ type: 'subscribe', jobId: 'job-1', afterEventId: 4, epoch: 'e1' }]);
    expect(subscription.getSnapshot().status).toBe('stale');
    confirm(b, events(3, 6));
    await settle();
    expect(subscription.getSnapshot()).toMatchObject({ status: 'live', staleSince: null });
    expect(list).toEqual([1, 2, 3, 4, 5, 6]);
    b.client.close();
  });

  it('that asks for news only resumes where the news began', async () => {
    const b = bench();
    b.client.watch('job-1', { afterEventId: 'latest' });
    await settle();
    expect(b.gateway.socket.last('subscribe')).not.toHaveProperty('afterEventId');
    b.gateway.socket.say({ type: 'subscribed', jobId: 'job-1', epoch: 'e1', lastEventId: 7, requestId: '1' });
    b.gateway.socket.end(1006);
    await settle(1_100);
    expect(b.gateway.socket.last('subscribe')).toMatchObject({ afterEventId: 7, epoch: 'e1' });
    b.client.close();
  });

  it('is one upstream for any number of watchers, until the last is gone', async () => {
    const b = bench();
    const [one, two] = [b.client.watch('job-1'), b.client.watch('job-1')];
    await settle();
    confirm(b, events(1, 2));
    await settle();
    expect(two.getSnapshot()).toBe(one.getSnapshot());
    one.unsubscribe();
    one.unsubscribe();
    await settle();
    expect(b.gateway.socket.received).toHaveLength(1);
    two.unsubscribe();
    // A component that is mounted anew in the same task finds everything as it was.
    const three = b.client.watch('job-1');
    await settle();
    expect(b.gateway.socket.received).toHaveLength(1);
    expect(ids(three.getSnapshot().events)).toEqual([1, 2]);
    three.unsubscribe();
    await settle();
    expect(b.gateway.socket.received.at(-1)).toEqual({ type: 'unsubscribe', jobId: 'job-1' });
    expect(three.getSnapshot().status).toBe('idle');
    b.client.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes no answer that was for an earlier one', async () => {
    const b = bench();
    b.client.watch('job-1').unsubscribe();
    await settle();
    const again = b.client.watch('job-1');
    await settle();
    const last = b.gateway.socket.last('subscribe');
    b.gateway.socket.say({ type: 'subscribed', jobId: 'job-1', lastEventId: 9, requestId: '0' });
    b.gateway.socket.say({ type: 'event', jobId: 'job-1', event: event(9) });
    b.gateway.socket.say({ type: 'unsubscribed', jobId: 'job-1', reason: 'requested' });
    expect(again.getSnapshot().status).toBe('subscribing');
    b.gateway.socket.say({ type: 'subscribed', jobId: 'job-1', lastEventId: 1, ...(last.requestId && { requestId: last.requestId }) });
    b.gateway.socket.say({ type: 'replay', jobId: 'job-1', data: [event(1)], hasMore: false });
    await settle();
    expect(ids(again.getSnapshot().events)).toEqual([1]);
    b.client.close();
  });

  it('ends with its signal', async () => {
    const b = bench();
    const controller = new AbortController();
    b.client.watch('job-1', { signal: controller.signal });
    await settle();
    controller.abort();
    await settle();
    expect(b.gateway.socket.received.at(-1)?.type).toBe('unsubscribe');
    b.client.watch('job-1', { signal: controller.signal });
    await settle();
    expect(b.gateway.socket.received.filter(({ type }) => type === 'subscribe')).toHaveLength(1);
    b.client.close();
  });

  it('is stale while its backend is away, and live again with any news', async () => {
    const b = bench();
    const subscription = b.client.watch('job-1');
    await settle();
    confirm(b, events(1, 1));
    b.gateway.socket.say({
      type: 'error',
      jobId: 'job-1',
      error: 'away',
      code: 'backend_unavailable',
      retryable: true,
      subscription: 'kept',
    });
    await settle();
    expect(subscription.getSnapshot()).toMatchObject({ status: 'stale', error: { code: 'backend_unavailable' } });
    b.gateway.socket.say({ type: 'replay', jobId: 'job-1', data: [], hasMore: false });
    await settle();
    expect(subscription.getSnapshot()).toMatchObject({ status: 'live', error: null, staleSince: null });
    b.client.close();
  });

  it('that was refused for now is asked for again; one refused for good says so, until resume()', async () => {
    const b = bench();
    const subscription = b.client.watch('job-1');
    await settle();
    const refuse = (code: string, retryable: boolean): void =>
      b.gateway.socket.say({
        type: 'error',
        error: code,
        code,
        retryable,
        subscription: retryable ? 'untouched' : 'not_opened',
        requestId: b.gateway.socket.last('subscribe').requestId ?? '',
      });
    refuse('rate_limited', true);
    await settle();
    expect(subscription.getSnapshot()).toMatchObject({ status: 'stale', error: { code: 'rate_limited' } });
    await settle(1_000);
    expect(b.gateway.socket.received).toHaveLength(2);
    refuse('job_not_found', false);
    await settle(60_000);
    expect(subscription.getSnapshot()).toMatchObject({ status: 'error', error: { code: 'job_not_found' } });
    expect(b.gateway.socket.received.filter(({ type }) => type === 'subscribe')).toHaveLength(2);
    subscription.resume();
    expect(b.gateway.socket.last('subscribe').requestId).toBe('3');
    confirm(b, events(1, 1));
    await settle();
    expect(subscription.getSnapshot()).toMatchObject({ status: 'live', error: null });
    b.client.close();
  });

  it('reads history once, over a lost connection, and moves nothing', async () => {
    const b = bench();
    const subscription = b.client.watch('job-1', { afterEventId: 'latest' });
    await settle();
    const history = subscription.replay(2);
    const { requestId = '' } = b.gateway.socket.last('replay');
    b.gateway.socket.say({ type: 'replay', jobId: 'job-1', data: events(3, 5), hasMore: true, requested: true, requestId });
    b.gateway.socket.end(1006);
    await settle(1_100);
    expect(b.gateway.socket.last('replay')).toMatchObject({ afterEventId: 5, requestId });
    b.gateway.socket.say({ type: 'replay', jobId: 'job-1', data: events(6, 7), hasMore: false, requested: true, requestId });
    expect(ids(await history)).toEqual([3, 4, 5, 6, 7]);
    expect(subscription.getSnapshot().events).toEqual([]);
    const refused = subscription.replay();
    b.gateway.socket.say({
      type: 'error',
      jobId: 'job-1',
      error: 'no',
      code: 'rate_limited',
      requested: true,
      requestId: b.gateway.socket.last('replay').requestId ?? '',
    });
    await expect(refused).rejects.toMatchObject({ code: 'rate_limited' });
    const aborted = subscription.replay();
    subscription.unsubscribe();
    await expect(aborted).rejects.toMatchObject({ code: 'aborted' });
    await expect(subscription.replay()).rejects.toMatchObject({ code: 'aborted' });
    b.client.close();
  });

  it('reads history of one log only', async () => {
    const b = bench();
    const subscription = b.client.watch('job-1');
    await settle();
    confirm(b, events(1, 5), 'e1');
    const history = subscription.replay(2);
    const { requestId = '', ...message } = b.gateway.socket.last('replay');
    expect(message).toEqual({ type: 'replay', jobId: 'job-1', afterEventId: 2, epoch: 'e1' });
    b.gateway.socket.say({ type: 'replay', jobId: 'job-1', data: events(3, 4), hasMore: true, requested: true, requestId });
    b.gateway.socket.end(1006);
    await settle(1_100);
    expect(b.gateway.socket.last('replay')).toMatchObject({ afterEventId: 4, epoch: 'e1' });
    b.gateway.socket.say({ type: 'error', jobId: 'job-1', error: 'gone', code: 'epoch_changed', requested: true, requestId });
    await expect(history).rejects.toMatchObject({ code: 'epoch_changed' });
    b.client.close();
  });

  it('leaves nobody waiting for history when the connection is closed', async () => {
    const b = bench();
    const [one, two] = [b.client.watch('job-1'), b.client.watch('job-2')];
    await settle();
    const [ofOne, ofTwo] = [one.replay(), two.replay()];
    one.unsubscribe();
    await expect(ofOne).rejects.toMatchObject({ code: 'aborted' });
    const outcome = expect(ofTwo).rejects.toMatchObject({ code: 'aborted' });
    b.gateway.socket.end(4503);
    await outcome;
    await expect(two.replay()).rejects.toMatchObject({ code: 'aborted' });
    b.client.connect();
    const again = two.replay();
    await settle();
    b.client.close();
    await expect(again).rejects.toMatchObject({ code: 'aborted' });
  });
});

it('A client that was closed shows no job as running, and goes on with connect()', async () => {
  const b = bench();
  const subscription = b.client.watch('job-1');
  await settle();
  confirm(b, events(1, 3));
  b.gateway.socket.end(4503);
  await settle();
  expect(subscription.getSnapshot()).toMatchObject({ status: 'error', error: { code: 'connection_closed' } });
  b.client.close();
  b.client.connect();
  await settle();
  expect(b.gateway.socket.last('subscribe')).toMatchObject({ afterEventId: 3, epoch: 'e1' });
  confirm(b, events(4, 4));
  b.client.close();
  // On purpose, so it is no error.
  expect(subscription.getSnapshot()).toMatchObject({ status: 'idle', error: null, lastEventId: 4 });
  const late = b.client.watch('job-2');
  await settle();
  expect(late.getSnapshot().status).toBe('idle');
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

describe('A gap', () => {
  async function gapAt(code: string, details: object) {
    const b = bench({ storage: new MemoryStorage() });
    const subscription = b.client.watch('job-1');
    const errors: GatewayError[] = [];
    let gaps = 0;
    subscription.on('error', (error) => errors.push(error));
    subscription.on('gap', () => gaps++);
    const list = heard(subscription);
    await settle();
    confirm(b, events(1, 5));
    await settle();
    b.gateway.socket.end(1006);
    await settle(1_100);
    const requestId = b.gateway.socket.last('subscribe').requestId ?? '';
    b.gateway.socket.say({
      type: 'error',
      jobId: 'job-1',
      error: 'gone',
      code,
      retryable: false,
      subscription: 'not_opened',
      requestId,
      ...details,
    });
    await settle(60_000);
    expect(gaps).toBe(1);
    expect(errors).toMatchObject([{ code }]);
    const { gap, status } = subscription.getSnapshot();
    expect(status).toBe('error');
    expect(gap).toMatchObject({ code, lastEventId: 5 });
    // Never silence, and never a step that nobody chose.
    expect(b.gateway.socket.received.filter(({ type }) => type === 'subscribe')).toHaveLength(1);
    return { b, subscription, list, gap };
  }

  it('of truncated history goes on behind what is shown', async () => {
    const { b, subscription, list, gap } = await gapAt('history_truncated', { earliestEventId: 9, latestEventId: 12 });
    gap?.restart();
    gap?.skip();
    expect(b.gateway.socket.received.filter(({ type }) => type === 'subscribe')).toHaveLength(2);
    expect(b.gateway.socket.last('subscribe')).toMatchObject({ afterEventId: 0 });
    confirm(b, events(9, 12));
    await settle();
    expect(list).toEqual([1, 2, 3, 4, 5, 9, 10, 11, 12]);
    expect(ids(subscription.getSnapshot().events)).toEqual(list);
    expect(subscription.getSnapshot()).toMatchObject({ status: 'live', gap: null, error: null });
    b.client.close();
  });

  it.each(['cursor_ahead', 'epoch_changed'])('of %s starts over with the other log', async (code) => {
    const { b, subscription, gap } = await gapAt(code, {});
    gap?.restart();
    expect(b.gateway.socket.last('subscribe')).toMatchObject({ afterEventId: 0 });
    expect(b.gateway.socket.last('subscribe')).not.toHaveProperty('epoch');
    confirm(b, events(1, 2), 'e2');
    await settle();
    expect(ids(subscription.getSnapshot().events)).toEqual([1, 2]);
    expect(subscription.getSnapshot()).toMatchObject({ bestScore: 0.02, lastEventId: 2 });
    b.client.close();
  });

  it('can be skipped: only news from then on', async () => {
    const { b, subscription, gap } = await gapAt('history_truncated', {});
    gap?.skip();
    const { requestId = '', ...last } = b.gateway.socket.last('subscribe');
    expect(last).toEqual({ type: 'subscribe', jobId: 'job-1', epoch: 'e1' });
    b.gateway.socket.say({ type: 'subscribed', jobId: 'job-1', epoch: 'e1', lastEventId: 20, requestId });
    b.gateway.socket.say({ type: 'event', jobId: 'job-1', event: event(21) });
    await settle();
    expect(ids(subscription.getSnapshot().events)).toEqual([1, 2, 3, 4, 5, 21]);
    b.client.close();
  });

  it('of a bad event is skipped by its id', async () => {
    const { b, gap } = await gapAt('bad_event', { eventId: 6 });
    gap?.skip();
    expect(b.gateway.socket.last('subscribe')).toMatchObject({ afterEventId: 6, epoch: 'e1' });
    b.client.close();
  });

  it('is seen by the client too, where a gateway confirms another epoch', async () => {
    const b = bench();
    const subscription = b.client.watch('job-1');
    await settle();
    confirm(b, events(1, 2), 'e1');
    b.gateway.socket.end(1006);
    await settle(1_100);
    confirm(b, events(1, 2), 'e2');
    await settle();
    expect(subscription.getSnapshot()).toMatchObject({ status: 'error', gap: { code: 'epoch_changed' } });
    expect(b.gateway.socket.received.at(-1)?.type).toBe('unsubscribe');
    b.client.close();
  });
});

describe('for await', () => {
  it('gives every event to the end, also those that came before the loop, and unsubscribes', async () => {
    const b = bench({ batch: false });
    const subscription = b.client.watch('job-1');
    await settle();
    confirm(b, events(1, 3));
    await settle();
    const list: number[] = [];
    const loop = (async () => {
      for await (const { id } of subscription) list.push(id);
    })();
    await settle();
    b.gateway.socket.end(1006);
    await settle(1_100);
    confirm(b, events(4, 6));
    b.gateway.socket.say({ type: 'unsubscribed', jobId: 'job-1', reason: 'job_ended' });
    await settle();
    await loop;
    expect(list).toEqual([1, 2, 3, 4, 5, 6]);
    await settle();
    expect(subscription.getSnapshot().status).toBe('idle');
    b.client.close();
  });

  it('throws what went wrong, also that it fell behind', async () => {
    const b = bench({ batch: false });
    await settle();
    const slow = b.client.watch('job-1', { maxEvents: 2 });
    await settle();
    const iterator = slow[Symbol.asyncIterator]();
    confirm(b, events(1, 2));
    await settle();
    expect((await iterator.next()).value).toMatchObject({ id: 1 });
    expect((await iterator.next()).value).toMatchObject({ id: 2 });
    for (const id of [3, 4, 5]) b.gateway.socket.say({ type: 'event', jobId: 'job-1', event: event(id) });
    await settle();
    await expect(iterator.next()).rejects.toMatchObject({ code: 'fell_behind' });
    b.client.close();
  });

  it.each([
    ['throw', (iterator: AsyncGenerator<JobEvent>) => iterator.throw(new Error('mine')).catch(() => {})],
    ['return', (iterator: AsyncGenerator<JobEvent>) => iterator.return(undefined)],
  ])('unsubscribes with %s', async (_, leave) => {
    const b = bench({ batch: false });
    const iterator = b.client.watch('job-1')[Symbol.asyncIterator]();
    await settle();
    confirm(b, events(1, 3));
    expect((await iterator.next()).value).toMatchObject({ id: 1 });
    await leave(iterator);
    await settle();
    expect(b.gateway.socket.received.at(-1)).toEqual({ type: 'unsubscribe', jobId: 'job-1' });
    b.client.close();
  });

  it('ends with its signal, without an error, and also while it waits', async () => {
    const b = bench({ batch: false });
    const controller = new AbortController();
    const list: number[] = [];
    const loop = (async () => {
      for await (const { id } of b.client.watch('job-1', { signal: controller.signal })) list.push(id);
    })();
    await settle();
    confirm(b, events(1, 3));
    await settle();
    controller.abort();
    await loop;
    await settle();
    expect(list).toEqual([1, 2, 3]);
    expect(b.gateway.socket.received.at(-1)?.type).toBe('unsubscribe');
    b.client.close();
  });

  it('begins anew where the log does', async () => {
    const b = bench({ batch: false });
    const subscription = b.client.watch('job-1');
    const list: number[] = [];
    const loop = (async () => {
      for await (const { id } of subscription) list.push(id);
    })();
    const loopEnds = expect(loop).rejects.toMatchObject({ code: 'epoch_changed' });
    await settle();
    confirm(b, events(1, 3), 'e1');
    await settle();
    b.gateway.socket.end(1006);
    await settle(1_100);
    confirm(b, events(1, 2), 'e2');
    await settle();
    // A gap is somebody's to choose about: the loop throws it.
    await loopEnds;
    expect(list).toEqual([1, 2, 3]);
    b.client.close();
  });

  it('ends when the client is closed, and with break', async () => {
    const b = bench({ batch: false });
    const subscription = b.client.watch('job-1');
    await settle();
    confirm(b, events(1, 3));
    await settle();
    for await (const _ of subscription) break;
    await settle();
    expect(b.gateway.socket.received.at(-1)?.type).toBe('unsubscribe');
    const other = b.client.watch('job-2')[Symbol.asyncIterator]().next();
    await settle();
    b.client.close();
    await settle();
    expect(await other).toEqual({ done: true, value: undefined });
  });
});
