import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createElement } from 'react';
import { renderToPipeableStream, renderToString } from 'react-dom/server';
import { build } from 'vite';
import { renderToString as renderVue } from 'vue/server-renderer';
import { WebSocketServer } from 'ws';
import { type ClientMessage, createGatewayClient, type GatewayClient, type ServerMessage } from '../../../src/index.ts';
import { First, Second } from './react.ts';
import { first, second } from './vue.ts';

export interface Site {
  readonly origin: string;
  /** Lets the server send the part of React's page that is late. */
  release(): void;
  stop(): Promise<void>;
}

/** Renders the pages as a server of applications does, serves their scripts, and answers the client as a gateway does. */
export async function serveSite(): Promise<Site> {
  const scripts = await buildScripts();
  let release = (): void => {};
  const pages: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
    '/react': (response) => sendReact(response, new Promise((resolve) => (release = resolve))),
    '/vue': sendVue,
  };
  const server = createServer((request, response) => {
    const page = pages[request.url ?? ''];
    response.setHeader('content-type', page ? 'text/html' : 'text/javascript');
    if (page) page(response);
    else response.end(scripts.get(request.url ?? ''));
  });
  const sockets = new WebSocketServer({ server, path: '/ws', handleProtocols: () => 'optimization.v1' });
  sockets.on('connection', (socket) =>
    socket.on('message', (data) => {
      for (const answer of answersTo(JSON.parse(String(data)))) socket.send(JSON.stringify(answer));
    }),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    release: () => release(),
    async stop() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

async function buildScripts(): Promise<Map<string, string>> {
  const at = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const result = await build({
    root: at('.'),
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rollupOptions: { input: { react: at('react.client.ts'), vue: at('vue.client.ts') }, output: { entryFileNames: '[name].js' } },
    },
  });
  if (!('output' in result)) throw new Error('Vite has not built once and ended.');
  return new Map(result.output.map((file) => [`/${file.fileName}`, file.type === 'chunk' ? file.code : String(file.source)]));
}

/** One client for each request; it dials nothing. */
const serverClient = (): GatewayClient => createGatewayClient({ url: '/ws' });

function sendReact(response: ServerResponse, until: Promise<void>): void {
  const client = serverClient();
  response.write(`<!doctype html><div id="second-root">${renderToString(createElement(Second, { client }))}</div><div id="first-root">`);
  // React puts the script after what is there at first, so it runs before the late part comes.
  const { pipe } = renderToPipeableStream(createElement(First, { client, until }), {
    bootstrapModules: ['/react.js'],
    onShellReady: () => pipe(response),
  });
}

async function sendVue(response: ServerResponse): Promise<void> {
  const client = serverClient();
  const [one, two] = [await renderVue(first(client)), await renderVue(second(client))];
  response.end(
    `<!doctype html><div id="second-root">${two}</div><div id="first-root">${one}</div><script type="module" src="/vue.js"></script>`,
  );
}

function answersTo(message: ClientMessage): ServerMessage[] {
  if (message.type !== 'subscribe') return [];
  const { jobId, requestId = '' } = message;
  const data = { promptId: 'p', datasetId: 'd', config: {} };
  const started = { id: 1, eventType: 'job_started', iteration: 0, stage: 'prepare', data, timestamp: '2026-01-01T00:00:00.000Z' };
  return [
    { type: 'subscribed', jobId, lastEventId: 1, requestId },
    { type: 'replay', jobId, data: [started], hasMore: false },
  ];
}
