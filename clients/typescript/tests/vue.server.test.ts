import { expect, it } from 'vitest';
import { createSSRApp, h } from 'vue';
import { renderToString } from 'vue/server-renderer';
import { createGateway, useConnection, useJob } from '../src/vue.ts';
import { bench } from './harness.ts';

it('A server renders without connecting, and leaves nothing behind in a client that serves all', async () => {
  const b = bench({ storage: false });
  const left: unknown[] = [];
  const { subscribe } = b.client;
  Object.assign(b.client, {
    subscribe(onChange: () => void) {
      left.push(onChange);
      return subscribe(onChange);
    },
  });
  const app = createSSRApp({
    setup() {
      const job = useJob('job-1');
      const connection = useConnection();
      return () => h('p', `${job.value.status} ${connection.value.state}`);
    },
  });
  expect(await renderToString(app.use(createGateway(b.client)))).toBe('<p>idle idle</p>');
  expect(b.gateway.sockets).toHaveLength(0);
  expect(left).toEqual([]);
});
