import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Gap, JobEvent } from '../src/index.ts';
import { bench, confirm, event, events, settle } from './harness.ts';

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
