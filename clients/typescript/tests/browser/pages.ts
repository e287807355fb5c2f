import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** What is served, built by Vite as an application would be: the two examples, and two pages that only have the client. */
const sources = {
  react: 'examples/react',
  vue: 'examples/vue',
  plain: 'clients/typescript/tests/browser/plain',
  address: 'clients/typescript/tests/browser/address',
};

export interface Pages {
  readonly origin: string;
  stop(): Promise<void>;
}

export async function servePages(names = Object.keys(sources) as readonly (keyof typeof sources)[]): Promise<Pages> {
  const files = new Map<string, string | Uint8Array>();
  for (const name of names) {
    const result = await build({
      root: root + sources[name],
      base: `/${name}/`,
      logLevel: 'error',
      build: { write: false, modulePreload: { polyfill: false } },
    });
    if (!('output' in result)) throw new Error('Vite has not built once and ended.');
    for (const file of result.output) files.set(`/${name}/${file.fileName}`, file.type === 'chunk' ? file.code : file.source);
  }
  // Somewhere to go to, and come back from.
  files.set('/elsewhere/index.html', '<title>Elsewhere</title>');
  const server: Server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0]?.replace(/\/$/, '/index.html') ?? '';
    const file = files.get(path);
    const type = path.endsWith('.js') ? 'text/javascript' : path.endsWith('.html') ? 'text/html' : 'text/css';
    response.writeHead(file === undefined ? 404 : 200, { 'content-type': type }).end(file);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    origin: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
