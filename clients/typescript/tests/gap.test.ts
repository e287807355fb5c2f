import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GatewayError } from '../src/index.ts';
import { bench, confirm, event, events, heard, ids, MemoryStorage, settle } from './harness.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
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

  it('of truncated history starts over where it is not known what is left', async () => {
    const { b, subscription, gap } = await gapAt('history_truncated', {});
    gap?.restart();
    confirm(b, events(3, 7));
    await settle();
    expect(ids(subscription.getSnapshot().events)).toEqual([3, 4, 5, 6, 7]);
    b.client.close();
  });

  it.each(['cursor_ahead', 'epoch_changed'])(
    'of %s can be skipped to news of the other log, which is not mixed with the old',
    async (code) => {
      const { b, subscription, gap } = await gapAt(code, {});
      gap?.skip();
      const { requestId = '', ...message } = b.gateway.socket.last('subscribe');
      expect(message).toEqual({ type: 'subscribe', jobId: 'job-1' });
      b.gateway.socket.say({ type: 'subscribed', jobId: 'job-1', epoch: 'e2', lastEventId: 2, requestId });
      b.gateway.socket.say({ type: 'event', jobId: 'job-1', event: event(3) });
      await settle();
      expect(ids(subscription.getSnapshot().events)).toEqual([3]);
      b.client.close();
    },
  );

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

  it.each([
    ['history_truncated', 'Older events are gone.'],
    ['cursor_ahead', 'The history is shorter now.'],
    ['epoch_changed', 'The history is a new one.'],
    ['bad_event', 'An event cannot be shown.'],
  ])('is told to people in words for them (%s), and to programmers in the words of the gateway', async (code, message) => {
    const b = bench();
    const job = b.client.watch('job-1');
    await settle();
    const { jobId, requestId = '' } = b.gateway.socket.last('subscribe');
    const error = 'Subscribe from 0 without an epoch.';
    b.gateway.socket.say({ type: 'error', jobId, error, code, retryable: false, subscription: 'not_opened', requestId });
    await settle();
    expect(job.getSnapshot()).toMatchObject({ gap: { code, message }, error: { code, message: error } });
    b.client.close();
  });
});
