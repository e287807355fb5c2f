// @vitest-environment happy-dom

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type App, createApp, defineComponent, effectScope, h, nextTick, type PropType, type Ref, ref } from 'vue';
import { createGateway, useConnection, useJob } from '../src/vue.ts';
import { type Bench, bench, benchOfBoth, blockSockets, confirm, controlOf, dataOf, events, settle } from './harness.ts';

let b: Bench;
let app: App | undefined;

beforeEach(() => {
  vi.useFakeTimers();
  b = bench({ storage: false, networkEvents: false });
});

afterEach(async () => {
  app?.unmount();
  b.client.close();
  await settle(60_000);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

const Best = defineComponent({
  props: { jobId: { type: [String, null] as unknown as PropType<string | null>, required: true } },
  setup(props) {
    const job = useJob(() => props.jobId);
    const connection = useConnection();
    return () => `${connection.value.state} ${job.value.jobId} ${job.value.status} ${job.value.bestScore};`;
  },
});

async function mount(jobId: Ref<string | null>, count = 1): Promise<void> {
  app = createApp(() => Array.from({ length: count }, () => h(Best, { jobId: jobId.value })));
  app.use(createGateway(b.client));
  app.mount(document.body.appendChild(document.createElement('div')));
  await settle();
  await nextTick();
}

it('Components of one job share one subscription, and give it back with their scope', async () => {
  await mount(ref('job-1'), 2);
  expect(b.gateway.socket.received.map(({ type }) => type)).toEqual(['subscribe']);
  confirm(b, events(1, 2));
  await settle();
  await nextTick();
  expect(document.body.textContent).toBe('open job-1 live 0.02;open job-1 live 0.02;');
  app?.unmount();
  await settle();
  expect(b.gateway.socket.received.at(-1)).toEqual({ type: 'unsubscribe', jobId: 'job-1' });
});

it('A job id that changes changes the job; null is none', async () => {
  const jobId = ref<string | null>('job-1');
  await mount(jobId);
  jobId.value = 'job-2';
  await nextTick();
  await settle();
  expect(b.gateway.socket.received.map(({ type, ...rest }) => `${type} ${'jobId' in rest && rest.jobId}`)).toEqual([
    'subscribe job-1',
    'subscribe job-2',
    'unsubscribe job-1',
  ]);
  jobId.value = null;
  await nextTick();
  await settle();
  expect(b.gateway.socket.received.at(-1)).toEqual({ type: 'unsubscribe', jobId: 'job-2' });
  expect(document.body.textContent).toBe('open  idle null;');
});

it('A job goes on over HTTP where sockets are blocked', async () => {
  b = benchOfBoth({ storage: false, networkEvents: false });
  await mount(ref('job-1'));
  confirm(b, events(1, 2));
  await settle();
  const asked = await blockSockets(b, dataOf('e1', 3, 4) + controlOf('e1', 4));
  await nextTick();
  expect(asked).toEqual(['/jobs/job-1/events?offset=0000000000000002_ZTE&live=sse']);
  expect(document.body.textContent).toBe('open job-1 live 0.04;');
});

it('A client that the plugin made is closed with the app', async () => {
  const gateway = createGateway({ url: 'ws://gateway.test/', WebSocket: b.gateway.WebSocket, storage: false, lazy: false });
  app = createApp(() => '');
  app.use(gateway);
  app.mount(document.body.appendChild(document.createElement('div')));
  await settle();
  expect(gateway.client.state).toBe('open');
  app.unmount();
  expect(gateway.client.state).toBe('closed');
});

it('Outside of a component it begins at once, and ends with its scope', async () => {
  const unmounted = createApp(() => '').use(createGateway(b.client));
  const scope = effectScope();
  const job = unmounted.runWithContext(() => scope.run(() => useJob('job-1')));
  expect(job?.value.status).toBe('subscribing');
  await settle();
  scope.stop();
  await settle();
  expect(b.gateway.socket.received.map(({ type }) => type)).toEqual(['subscribe', 'unsubscribe']);
});

it('Until it is mounted a component renders what a server does', async () => {
  b.client.watch('job-1');
  await settle();
  confirm(b, events(1, 2));
  await settle();
  const rendered: string[] = [];
  app = createApp({
    setup() {
      const job = useJob('job-1');
      const connection = useConnection();
      return () => {
        rendered.push(`${connection.value.state} ${job.value.status}`);
        return '';
      };
    },
  });
  app.use(createGateway(b.client)).mount(document.body.appendChild(document.createElement('div')));
  await nextTick();
  expect(rendered).toEqual(['idle idle', 'open live']);
});
