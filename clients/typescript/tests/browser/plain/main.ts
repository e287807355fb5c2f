// The page has no user interface: it hears one job and keeps, over reloads, what it has heard.

import { createGatewayClient, type GatewayClient, type JobSubscription } from '@optimization-gateway/client';

export interface Heard {
  readonly client: GatewayClient;
  readonly subscription: JobSubscription;
  readonly statuses: string[];
  notifications: number;
  longestFrame: number;
  ids(): number[];
}

const query = new URLSearchParams(location.search);
const client = createGatewayClient({ url: query.get('gateway') ?? '' });
const subscription = client.watch(query.get('job') ?? '', { afterEventId: 'stored' });
const ids = (): number[] => JSON.parse(sessionStorage.getItem('ids') ?? '[]') as number[];

const heard: Heard = { client, subscription, statuses: [], notifications: 0, longestFrame: 0, ids };
subscription.on('events', (events) => sessionStorage.setItem('ids', JSON.stringify([...ids(), ...events.map(({ id }) => id)])));
subscription.on('status', (status) => heard.statuses.push(status));
subscription.subscribe(() => heard.notifications++);

let last = performance.now();
requestAnimationFrame(function measure(now) {
  heard.longestFrame = Math.max(heard.longestFrame, now - last);
  last = now;
  requestAnimationFrame(measure);
});

Object.assign(globalThis, { heard });
