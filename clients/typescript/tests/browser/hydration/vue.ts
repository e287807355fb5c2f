// What the server renders and the browser hydrates with Vue: two apps, the first one with a part that is hydrated late.

import { type App, createSSRApp, defineComponent, h, Suspense } from 'vue';
import type { GatewayClient } from '../../../src/index.ts';
import { createGateway, useConnection, useJob } from '../../../src/vue.ts';

const useShown = (id: string) => {
  const job = useJob('job-1');
  const connection = useConnection();
  return () => h('p', { id }, `${job.value.status} ${job.value.state} ${job.value.stage} ${connection.value.state}`);
};

const Shown = defineComponent({ props: { id: { type: String, required: true } }, setup: ({ id }) => useShown(id) });

/** The browser waits; the server has all it needs. */
const Late = defineComponent({
  props: { until: Promise },
  async setup({ until }) {
    const render = useShown('late');
    await until;
    return render;
  },
});

export const first = (client: GatewayClient, until?: Promise<void>): App =>
  createSSRApp(() => [h(Shown, { id: 'first' }), h(Suspense, null, { default: () => h(Late, until && { until }) })]).use(
    createGateway(client),
  );

export const second = (client: GatewayClient): App => createSSRApp(() => h(Shown, { id: 'second' })).use(createGateway(client));
