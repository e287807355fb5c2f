import { vi } from 'vitest';
import { http } from '../src/http.ts';
import {
  createGatewayClient,
  type GatewayClient,
  type GatewayClientOptions,
  type JobEvent,
  type JobSubscription,
  webSocket,
} from '../src/index.ts';
import { offsetAfter } from '../src/offset.ts';
import { FakeGateway, type FakeGatewayOptions } from '../src/testing.ts';

export const url = 'ws://gateway.test/ws/optimization';

export interface Bench {
  readonly gateway: FakeGateway;
  readonly client: GatewayClient;
}

/** A client and its fake gateway, on fake timers. */
export function bench(options: Partial<GatewayClientOptions> = {}, gatewayOptions?: FakeGatewayOptions): Bench {
  const gateway = new FakeGateway(gatewayOptions);
  const client = createGatewayClient({ url, WebSocket: gateway.WebSocket, ...options });
  return { gateway, client };
}

/** The same with both transports. */
export function benchOfBoth(options: Partial<GatewayClientOptions> = {}): Bench {
  const gateway = new FakeGateway();
  const client = createGatewayClient({ url, transports: [webSocket({ WebSocket: gateway.WebSocket }), http()], ...options });
  return { gateway, client };
}

/** Cuts the socket and lets no other open, until the client reads by HTTP, where each job has this stream, which stays open. */
export async function blockSockets({ gateway }: Bench, stream: string): Promise<string[]> {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async ({ pathname, search }: URL, { method }: RequestInit) => {
    if (method !== 'OPTIONS') asked.push(pathname + search);
    const chunks = [new TextEncoder().encode(stream)];
    const read = (): Promise<unknown> => {
      const value = chunks.shift();
      return value ? Promise.resolve({ done: false, value }) : new Promise(() => {});
    };
    return { ok: true, status: 200, headers: new Headers(), body: { getReader: () => ({ read }) } };
  });
  gateway.accepts = false;
  gateway.socket.end(1006);
  for (let i = 0; i < 40 && asked.length === 0; i++) await settle(1_000);
  await settle();
  return asked;
}

/** What the gateway writes of events into an event stream: PROTOCOL.md section 11. */
export function dataOf(epoch: string, from: number, to: number): string {
  return `id: ${offsetAfter(to, epoch)}\nevent: data\ndata:${JSON.stringify(events(from, to))}\n\n`;
}

export function controlOf(epoch: string, id: number, members: object = { upToDate: true }): string {
  const offset = offsetAfter(id, epoch);
  return `id: ${offset}\nevent: control\ndata:${JSON.stringify({ streamNextOffset: offset, streamCursor: '1', ...members })}\n\n`;
}

/** Lets what is due happen, and the next batch land. */
export const settle = (ms = 120): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

export function event(id: number, eventType = 'iteration_completed', data: JobEvent['data'] = { score: id / 100 }): JobEvent {
  return { id, eventType, iteration: id, stage: 'evaluate', data, timestamp: '2026-01-01T00:00:00.000Z' };
}

export const events = (from: number, to: number): JobEvent[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => event(from + i));

export const ids = (list: readonly JobEvent[]): number[] => list.map(({ id }) => id);

/** All the ids a subscription's handlers hear. */
export function heard(subscription: JobSubscription): number[] {
  const list: number[] = [];
  subscription.on('event', ({ id }) => list.push(id));
  return list;
}

/** Confirms the last subscribe of the newest connection, with history up to an id. */
export function confirm({ gateway }: Bench, history: readonly JobEvent[], epoch = 'e1'): void {
  const { jobId, requestId } = gateway.socket.last('subscribe');
  gateway.socket.say({ type: 'subscribed', jobId, epoch, lastEventId: history.at(-1)?.id ?? 0, requestId: requestId ?? '' });
  gateway.socket.say({ type: 'replay', jobId, data: history, hasMore: false });
}

/** A storage like the browser's. */
export class MemoryStorage {
  readonly items = new Map<string, string>();
  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }
  removeItem(key: string): void {
    this.items.delete(key);
  }
}
