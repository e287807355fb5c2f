import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bench, confirm, event, events, heard, ids, settle } from './harness.ts';

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

  it('is stale since it was last heard of, however often it is tried again', async () => {
    const b = bench();
    const subscription = b.client.watch('job-1');
    await settle();
    confirm(b, events(1, 3));
    await settle();
    b.gateway.socket.end(1006);
    await settle();
    const { staleSince } = subscription.getSnapshot();
    for (let i = 0; i < 3; i++) {
      await settle(20_000);
      b.gateway.socket.end(1006);
      await settle();
      expect(subscription.getSnapshot()).toMatchObject({ status: 'stale', staleSince });
    }
    b.client.close();
  });

  it('is stale since no time at all where it was never heard of', async () => {
    const b = bench({}, { accepts: false });
    const subscription = b.client.watch('job-1');
    await settle();
    b.gateway.socket.end(1006);
    await settle();
    const never = { status: 'stale', staleSince: null };
    expect(subscription.getSnapshot()).toMatchObject(never);
    b.gateway.accepts = true;
    await settle(2_000);
    expect(b.gateway.socket.received).toMatchObject([{ type: 'subscribe' }]);
    expect(subscription.getSnapshot()).toMatchObject(never);
    // A connection is no word of the job, nor is a backend that is away.
    const { jobId, requestId } = b.gateway.socket.last('subscribe');
    b.gateway.socket.say({ type: 'error', jobId, requestId: requestId ?? '', error: 'away', code: 'backend_unavailable', retryable: true });
    await settle();
    expect(subscription.getSnapshot()).toMatchObject({ ...never, error: { code: 'backend_unavailable' } });
    await settle(2_000);
    confirm(b, events(1, 3));
    await settle();
    expect(subscription.getSnapshot()).toMatchObject({ status: 'live', staleSince: null });
    b.client.close();
  });

  it('is stale since it was last heard of also where the client was closed meanwhile', async () => {
    const b = bench();
    const subscription = b.client.watch('job-1');
    await settle();
    confirm(b, events(1, 3));
    const heardAt = Date.now();
    await settle(5_000);
    b.client.close();
    await settle(5_000);
    b.gateway.accepts = false;
    b.client.connect();
    await settle();
    b.gateway.socket.end(1006);
    await settle();
    expect(subscription.getSnapshot()).toMatchObject({ status: 'stale', staleSince: heardAt });
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
    const left = vi.spyOn(controller.signal, 'removeEventListener');
    b.client.watch('job-1', { signal: controller.signal }).unsubscribe();
    // A signal that outlives many jobs doesn't keep them.
    expect(left).toHaveBeenCalledOnce();
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

  it('that was refused for now is asked for once when another connection comes first', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const b = bench();
    const subscription = b.client.watch('job-1');
    await settle();
    const refuse = (): void =>
      b.gateway.socket.say({
        type: 'error',
        jobId: 'job-1',
        error: 'away',
        code: 'backend_unavailable',
        retryable: true,
        subscription: 'not_opened',
        requestId: b.gateway.socket.last('subscribe').requestId ?? '',
      });
    refuse();
    await settle(1_000);
    refuse();
    b.gateway.socket.end(1006);
    await settle(30_000);
    expect(b.gateway.socket.received.filter(({ type }) => type === 'subscribe')).toHaveLength(1);
    confirm(b, events(1, 2));
    b.gateway.socket.end(1006);
    await settle(2_000);
    // The delays begin anew after one that was confirmed.
    refuse();
    await settle(1_000);
    expect(b.gateway.socket.received.filter(({ type }) => type === 'subscribe')).toHaveLength(2);
    expect(subscription.getSnapshot().status).toBe('stale');
    b.client.close();
  });

  it('that its backend refused the token of is asked for with the next connection, which has another', async () => {
    const b = bench();
    const subscriptions = ['unauthorized', 'forbidden'].map((code) => {
      const subscription = b.client.watch(code);
      return { code, subscription };
    });
    await settle();
    for (const message of [...b.gateway.socket.received])
      if (message.type === 'subscribe')
        b.gateway.socket.say({
          type: 'error',
          jobId: message.jobId,
          error: 'no',
          code: message.jobId,
          retryable: false,
          subscription: 'not_opened',
          requestId: message.requestId ?? '',
        });
    await settle();
    for (const { code, subscription } of subscriptions)
      expect(subscription.getSnapshot()).toMatchObject({ status: 'error', error: { code } });
    b.gateway.socket.end(4401);
    await settle(2_000);
    expect(b.gateway.socket.received.map((message) => 'jobId' in message && message.jobId)).toEqual(['unauthorized']);
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

it('A job that goes on after a final close, without close(), forgets it: a cut later is no error', async () => {
  const b = bench();
  const subscription = b.client.watch('job-1');
  await settle();
  confirm(b, events(1, 3));
  b.gateway.socket.end(4503);
  b.client.connect();
  await settle();
  confirm(b, events(4, 4));
  b.gateway.socket.end(1006);
  await settle();
  expect(subscription.getSnapshot()).toMatchObject({ status: 'stale', error: null, lastEventId: 4 });
  b.client.close();
});
