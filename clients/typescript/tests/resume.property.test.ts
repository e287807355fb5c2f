import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ServerMessage } from '../src/index.ts';
import { bench, events, heard, ids, MemoryStorage, settle } from './harness.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** What the gateway would say to a subscribe, cut into batches, with some of what is behind the cursor said again. */
function answer(after: number, length: number, batch: number, again: number, live: number): ServerMessage[] {
  const historyEnd = Math.max(after, length - live);
  const messages: ServerMessage[] = [{ type: 'subscribed', jobId: 'job-1', epoch: 'e1', lastEventId: historyEnd }];
  for (let from = Math.max(1, after + 1 - again); from <= historyEnd; from += batch) {
    messages.push({ type: 'replay', jobId: 'job-1', data: events(from, Math.min(historyEnd, from + batch - 1)), hasMore: true });
  }
  messages.push({ type: 'replay', jobId: 'job-1', data: [], hasMore: false });
  for (let id = historyEnd + 1; id <= length; id++) messages.push({ type: 'event', jobId: 'job-1', event: events(id, id)[0] ?? never() });
  return messages;
}

function never(): never {
  throw new Error('no event');
}

const cut = fc.record({
  /** After how many messages the connection is cut. */
  messages: fc.nat(12),
  batch: fc.integer({ min: 1, max: 7 }),
  /** How many events behind the cursor are said again, against the contract. */
  again: fc.nat(5),
  /** How many come as live events. */
  live: fc.nat(5),
  /** Whether the batch lands before the cut, and whether the page is loaded anew. */
  lands: fc.boolean(),
  reload: fc.boolean(),
});

it('Wherever the connection is cut or the page loaded anew, every event is heard once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.array(cut, { maxLength: 6 }), async (length, cuts) => {
      const storage = new MemoryStorage();
      const whole = { messages: Number.POSITIVE_INFINITY, batch: 5, again: 2, live: 2, lands: true, reload: false };
      const list: number[] = [];
      const visit = () => {
        const b = bench({ storage });
        const subscription = b.client.watch('job-1', { afterEventId: 'stored' });
        const here = heard(subscription);
        return { b, subscription, here };
      };
      let page = visit();
      for (const { messages, batch, again, live, lands, reload } of [...cuts, whole]) {
        await settle(45_000);
        const { afterEventId = 0 } = page.b.gateway.socket.last('subscribe');
        for (const message of answer(afterEventId, length, batch, again, live).slice(0, messages)) page.b.gateway.socket.say(message);
        if (lands) await settle();
        if (reload) {
          // What a browser does: the page is left, and what has landed is stored.
          page.b.client.close();
          list.push(...page.here);
          page = visit();
        } else if (messages !== Number.POSITIVE_INFINITY) {
          page.b.gateway.socket.end(1006);
        }
      }
      list.push(...page.here);
      expect(list).toEqual(ids(events(1, length)));
      expect(page.subscription.getSnapshot()).toMatchObject({ status: 'live', lastEventId: length });
      page.b.client.close();
      page.subscription.unsubscribe();
      await settle();
      expect(vi.getTimerCount()).toBe(0);
    }),
    { numRuns: 300 },
  );
});
