// The page shows the newest id and no more: it hears one job and keeps, over reloads, what it has heard.
// ?shared: all tabs have one storage. ?full: it has no room for anything. ?http: it falls back to plain HTTP, and doesn't wait long before it does.

import { createGatewayClient, type GatewayClient, type JobSubscription, webSocket } from '@optimization-gateway/client';
import { http } from '@optimization-gateway/client/http';

export interface Heard {
  readonly client: GatewayClient;
  readonly subscription: JobSubscription;
  readonly statuses: string[];
  readonly errors: string[];
  notifications: number;
  longestFrame: number;
  /** When the browser had painted what the last notification told, in ms since the navigation; 0 until then. */
  lastPaint: number;
  ids(): number[];
}

const query = new URLSearchParams(location.search);
const [shared, full] = [query.has('shared'), query.has('full')];
// By default a tab has a storage of its own and goes on where it was; with `shared` all have one, and each asks for all the history.
const errors: string[] = [];
const client = createGatewayClient({
  url: query.get('gateway') ?? '',
  ...(shared && { storage: localStorage }),
  ...(query.has('http') && { transports: [webSocket(), http()], reconnect: { minDelay: 50, maxDelay: 100 } }),
  on: { error: ({ code }) => errors.push(code) },
});
if (shared) sessionStorage.removeItem('ids');
if (full) fill();
const subscription = client.watch(query.get('job') ?? '', { afterEventId: shared ? 0 : 'stored' });
let inMemory: number[] = [];
const ids = (): number[] => (full ? inMemory : (JSON.parse(sessionStorage.getItem('ids') ?? '[]') as number[]));
const keep = (list: number[]): void => {
  if (full) inMemory = list;
  else sessionStorage.setItem('ids', JSON.stringify(list));
};

/** Until the browser says that it has no room. */
function fill(): void {
  for (let size = 1 << 20, i = 0; size > 0; i++) {
    try {
      sessionStorage.setItem(`filled ${i}`, 'x'.repeat(size));
    } catch {
      size >>= 1;
    }
  }
}

const heard: Heard = { client, subscription, errors, statuses: [], notifications: 0, longestFrame: 0, lastPaint: 0, ids };
subscription.on('events', (events) => keep([...ids(), ...events.map(({ id }) => id)]));
subscription.on('status', (status) => heard.statuses.push(status));
subscription.subscribe(() => {
  const mine = ++heard.notifications;
  heard.lastPaint = 0;
  document.body.textContent = String(subscription.getSnapshot().lastEventId);
  // A frame's callbacks run before its paint; the next task after it.
  const painted = (): void => {
    if (mine === heard.notifications) heard.lastPaint = performance.now();
  };
  requestAnimationFrame(() => setTimeout(painted));
});

let last = performance.now();
requestAnimationFrame(function measure(now) {
  heard.longestFrame = Math.max(heard.longestFrame, now - last);
  last = now;
  requestAnimationFrame(measure);
});

Object.assign(globalThis, { heard });
