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
    const { jobId, requestId: asked = '' } = b.gateway.socket.last('subscribe');
    b.gateway.socket.say({ type: 'subscribed', jobId, epoch: 'e1', lastEventId: 0, requestId: asked });
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

  it('reads as many at once as the gateway takes, and the others in turn', async () => {
    const b = bench();
    const subscription = b.client.watch('job-1');
    await settle();
    confirm(b, []);
    const all = Array.from({ length: 20 }, (_, i) => (i % 2 ? subscription.replay(i) : b.client.replay(`job-${i}`, { afterEventId: i })));
    const asked = () => b.gateway.socket.received.filter((message) => message.type === 'replay');
    for (let answered = 0; answered < 20; answered++) {
      expect(asked()).toHaveLength(Math.min(20, answered + 4));
      const { jobId, afterEventId, requestId } = asked()[answered] ?? never();
      expect(afterEventId).toBe(answered);
      const data = events(answered + 1, answered + 1);
      b.gateway.socket.say({ type: 'replay', jobId, data, hasMore: false, requested: true, requestId: requestId ?? '' });
    }
    expect((await Promise.all(all)).map(ids)).toEqual(Array.from({ length: 20 }, (_, i) => [i + 1]));
    b.client.close();
  });

  it('takes no place of the gateway for one that was left, until the gateway is done with it', async () => {
    const b = bench({ lazy: false });
    await settle();
    const controller = new AbortController();
    const left = [1, 2, 3, 4, 5].map((i) => b.client.replay(`job-${i}`, { signal: controller.signal }));
    const outcomes = left.map((replay) => expect(replay).rejects.toBe('mine'));
    controller.abort('mine');
    await Promise.all(outcomes);
    const wanted = b.client.replay('job-6');
    const asked = () => b.gateway.socket.received.filter((message) => message.type === 'replay');
    expect(asked()).toHaveLength(4);
    const answer = { type: 'replay', data: events(1, 2), hasMore: false, requested: true } as const;
    b.gateway.socket.say({ ...answer, jobId: 'job-1', requestId: asked()[0]?.requestId ?? '' });
    expect(asked()[4]).toMatchObject({ jobId: 'job-6' });
    b.gateway.socket.end(1006);
    await settle(1_100);
    // Nobody wants the others any more.
    expect(asked()).toMatchObject([{ jobId: 'job-6' }]);
    b.gateway.socket.say({ ...answer, jobId: 'job-6', requestId: asked()[0]?.requestId ?? '' });
    expect(ids(await wanted)).toEqual([1, 2]);
    b.client.close();
  });

  it('reads history of a job that nobody watches, and lets the connection go afterwards', async () => {
    const b = bench();
    const history = b.client.replay('job-1', { afterEventId: 2 });
    await settle();
    const { requestId = '', ...message } = b.gateway.socket.last('replay');
    expect(message).toEqual({ type: 'replay', jobId: 'job-1', afterEventId: 2 });
    b.gateway.socket.say({ type: 'replay', jobId: 'job-1', data: events(3, 4), hasMore: true, requested: true, requestId });
    await settle(60_000);
    b.gateway.socket.end(1006);
    await settle(20_000);
    // Which log it was isn't known, so it isn't gone on with.
    expect(b.gateway.socket.last('replay')).toMatchObject({ afterEventId: 2 });
    b.gateway.socket.say({ type: 'replay', jobId: 'job-1', data: events(3, 5), hasMore: false, requested: true, requestId });
    expect(ids(await history)).toEqual([3, 4, 5]);
    await settle(29_000);
    expect(b.client.state).toBe('open');
    await settle(2_000);
    expect(b.client.state).toBe('idle');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('asks again where the last watcher of the job has left, since the gateway drops what it was at', async () => {
    const b = bench();
    const subscription = b.client.watch('job-1');
    await settle();
    confirm(b, []);
    const history = b.client.replay('job-1');
    subscription.unsubscribe();
    await settle();
    const sent = b.gateway.socket.received.map(({ type }) => type);
    expect(sent).toEqual(['subscribe', 'replay', 'unsubscribe', 'replay']);
    const { requestId = '' } = b.gateway.socket.last('replay');
    b.gateway.socket.say({ type: 'replay', jobId: 'job-1', data: events(1, 2), hasMore: false, requested: true, requestId });
    expect(ids(await history)).toEqual([1, 2]);
    b.client.close();
  });
});

function never(): never {
  throw new Error('no message');
}
