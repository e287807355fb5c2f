import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Gap, JobEvent, JobSubscription } from '../src/index.ts';
import { type Bench, bench, confirm, event, events, settle } from './harness.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A loop that has had three events when the job's log becomes another. */
async function loopOverChangedLog(choose: (gap: Gap) => void) {
  const b = bench({ batch: false });
  const subscription = b.client.watch('job-1');
  subscription.on('gap', choose);
  const list: number[] = [];
  const loopEnds = (async () => {
    for await (const { id } of subscription) list.push(id);
  })();
  loopEnds.catch(() => {});
  await settle();
  confirm(b, events(1, 3), 'e1');
  await settle();
  b.gateway.socket.end(1006);
  await settle(1_100);
  confirm(b, events(1, 2), 'e2');
  await settle();
  return { b, loopEnds, list };
}

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

  it.each([
    ['the reason of its signal', 'mine', (_: Bench, __: JobSubscription, controller: AbortController) => controller.abort('mine')],
    ['that someone has unsubscribed', { code: 'aborted' }, (_: Bench, subscription: JobSubscription) => subscription.unsubscribe()],
    ['that the client was closed', { code: 'aborted' }, ({ client }: Bench) => client.close()],
    ['why the gateway closed for good', { code: 'connection_closed' }, ({ gateway }: Bench) => gateway.socket.end(4503)],
  ])('throws %s, while it waits and while its body runs: only the end of the job is an end', async (_, expected, stop) => {
    for (const isWaiting of [true, false]) {
      const b = bench({ batch: false });
      const controller = new AbortController();
      const subscription = b.client.watch('job-1', { signal: controller.signal });
      const list: number[] = [];
      const loop = (async () => {
        for await (const { id } of subscription) {
          list.push(id);
          if (!isWaiting && id === 3) stop(b, subscription, controller);
        }
      })();
      const outcome = loop.then(
        () => 'an end',
        (reason: unknown) => reason,
      );
      await settle();
      confirm(b, events(1, 3));
      await settle();
      if (isWaiting) stop(b, subscription, controller);
      const reason = await outcome;
      if (typeof expected === 'string') expect(reason).toBe(expected);
      else expect(reason).toMatchObject(expected);
      expect(list).toEqual([1, 2, 3]);
      b.client.close();
    }
  });

  it("throws the reason of the client's signal where that closes it, and of one that was aborted before", async () => {
    const controller = new AbortController();
    const b = bench({ batch: false, signal: controller.signal });
    const next = b.client.watch('job-1')[Symbol.asyncIterator]().next();
    const replay = b.client.replay('job-1');
    await settle();
    const outcomes = [expect(next).rejects.toBe('over'), expect(replay).rejects.toBe('over')];
    controller.abort('over');
    await settle();
    await Promise.all(outcomes);
    const early = bench().client.watch('job-1', { signal: AbortSignal.abort('early') });
    await expect(early[Symbol.asyncIterator]().next()).rejects.toBe('early');
    await expect(early.replay()).rejects.toBe('early');
  });

  it("throws a gap, which is somebody's to choose about", async () => {
    const { b, loopEnds, list } = await loopOverChangedLog(() => {});
    await expect(loopEnds).rejects.toMatchObject({ code: 'epoch_changed' });
    expect(list).toEqual([1, 2, 3]);
    b.client.close();
  });

  it('goes on with the new log where a handler has chosen at once', async () => {
    const { b, loopEnds, list } = await loopOverChangedLog((gap) => gap.restart());
    confirm(b, events(1, 2), 'e2');
    b.gateway.socket.say({ type: 'unsubscribed', jobId: 'job-1', reason: 'job_ended' });
    await loopEnds;
    expect(list).toEqual([1, 2, 3, 1, 2]);
    b.client.close();
  });

  it('ends with break', async () => {
    const b = bench({ batch: false });
    const subscription = b.client.watch('job-1');
    await settle();
    confirm(b, events(1, 3));
    await settle();
    for await (const _ of subscription) break;
    await settle();
    expect(b.gateway.socket.received.at(-1)?.type).toBe('unsubscribe');
    b.client.close();
  });
});
