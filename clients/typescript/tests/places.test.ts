import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GatewayClientOptions, JobSubscription } from '../src/index.ts';
import type { FakeSocket } from '../src/testing.ts';
import { type Bench, bench, settle } from './harness.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A client of a gateway that has so many places on each connection, as PROTOCOL.md section 2 says, and answers in the next task. */
function limited(places: number, options: Partial<GatewayClientOptions> = {}): Bench & { readonly refused: string[] } {
  const taken = new WeakMap<FakeSocket, Set<string>>();
  const refused: string[] = [];
  const b = bench(
    { lazy: false, storage: false, batch: false, ...options },
    {
      hears(socket, message) {
        const jobs = taken.get(socket) ?? new Set();
        taken.set(socket, jobs);
        if (message.type === 'unsubscribe') {
          jobs.delete(message.jobId);
          setTimeout(() => socket.say({ type: 'unsubscribed', jobId: message.jobId, reason: 'requested' }), 1);
        }
        if (message.type !== 'subscribe') return;
        const { jobId, requestId = '' } = message;
        if (jobs.size >= places && !jobs.has(jobId)) {
          refused.push(jobId);
          const error = {
            type: 'error',
            error: 'full',
            code: 'too_many_subscriptions',
            retryable: false,
            subscription: 'not_opened',
          } as const;
          setTimeout(() => socket.say({ ...error, jobId, requestId }), 1);
          return;
        }
        jobs.add(jobId);
        setTimeout(() => {
          socket.say({ type: 'subscribed', jobId, lastEventId: 0, requestId });
          socket.say({ type: 'replay', jobId, data: [], hasMore: false });
        }, 1);
      },
    },
  );
  return { ...b, refused };
}

const watch = ({ client }: Bench, from: number, to: number): JobSubscription[] =>
  Array.from({ length: to - from + 1 }, (_, i) => client.watch(`job-${from + i}`));
const statuses = (list: readonly JobSubscription[]): string[] => [...new Set(list.map((job) => job.getSnapshot().status))];

describe("The connection's places", () => {
  it('are kept to where a page of jobs turns: unsubscribe() and watch() in one task, in either order', async () => {
    const b = limited(100);
    await settle();
    const first = watch(b, 1, 100);
    await settle(5_000);
    first[0]?.unsubscribe();
    const next = b.client.watch('new-1');
    const another = b.client.watch('new-2');
    first[1]?.unsubscribe();
    await settle(5_000);
    expect(statuses([next, another, ...first.slice(2)])).toEqual(['live']);
    expect(b.refused).toEqual([]);
    b.client.close();
  });

  it('are kept to where pages of 60 are turned back and forth', async () => {
    const b = limited(100);
    await settle();
    let page: JobSubscription[] = [];
    for (let turn = 0; turn < 6; turn++) {
      for (const job of page) job.unsubscribe();
      page = watch(b, 1 + 60 * (turn % 3), 60 + 60 * (turn % 3));
      await settle(turn % 2 ? 1 : 6_000);
    }
    await settle(20_000);
    expect(statuses(page)).toEqual(['live']);
    expect(b.refused).toEqual([]);
    b.client.close();
  });

  it('are waited for, in order, without an error; also after a reconnect', async () => {
    const b = limited(100);
    await settle();
    const errors: string[] = [];
    const jobs = watch(b, 1, 102);
    for (const job of jobs) job.on('error', ({ code }) => errors.push(code));
    await settle(5_000);
    expect(statuses(jobs.slice(0, 100))).toEqual(['live']);
    expect(statuses(jobs.slice(100))).toEqual(['subscribing']);
    jobs[5]?.unsubscribe();
    await settle();
    expect(jobs.slice(100).map((job) => job.getSnapshot().status)).toEqual(['live', 'subscribing']);
    b.gateway.socket.end(1006);
    await settle(5_000);
    expect(jobs[101]?.getSnapshot().status).toBe('stale');
    // A job that ends makes room, too.
    b.gateway.socket.say({ type: 'unsubscribed', jobId: 'job-1', reason: 'job_ended' });
    await settle(1_000);
    expect(b.gateway.socket.last('subscribe').jobId).toBe('job-102');
    expect([errors, b.refused.filter((jobId) => jobId !== 'job-102')]).toEqual([[], []]);
    b.client.close();
  });

  it('are as many as maxSubscriptions says, and where there are fewer it is tried again without an error', async () => {
    const more = limited(150, { maxSubscriptions: 150 });
    await settle();
    const jobs = watch(more, 1, 150);
    await settle(5_000);
    expect(statuses(jobs)).toEqual(['live']);
    more.client.close();
    const fewer = limited(2);
    await settle();
    const three = watch(fewer, 1, 3);
    await settle();
    expect(three.map((job) => job.getSnapshot().status)).toEqual(['live', 'live', 'subscribing']);
    expect(three[2]?.getSnapshot().error).toBeNull();
    three[0]?.unsubscribe();
    await settle(30_000);
    expect(three[2]?.getSnapshot().status).toBe('live');
    fewer.client.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
