import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bench, confirm, events, ids, settle } from './harness.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('replay()', () => {
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
    b.gateway.socket.say({ type: 'replay', jobId: 'job-1', data: events(4, 7), hasMore: false, requested: true, requestId });
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
    // Another's answer still comes, and one that nobody waits for is nobody's history.
    const [message, other] = b.gateway.socket.received.filter(({ type }) => type === 'replay');
    const answer = { type: 'replay', data: events(1, 3), hasMore: false, requested: true } as const;
    b.gateway.socket.say({ ...answer, jobId: 'job-2', requestId: other?.requestId ?? '' });
    expect(ids(await ofTwo)).toEqual([1, 2, 3]);
    confirm(b, []);
    b.gateway.socket.say({ ...answer, jobId: 'job-2', requestId: message?.requestId ?? '' });
    await settle();
    expect(two.getSnapshot().events).toEqual([]);
    const onceMore = two.replay();
    const outcome = expect(onceMore).rejects.toMatchObject({ code: 'aborted' });
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
