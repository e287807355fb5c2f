// What an application ships for each, in bytes of gzip: the entry that its documentation names, all else shaken out,
// bundled and minified by the Vite that the client's own budget is measured with (clients/typescript/scripts/size.mjs).

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from '../../node_modules/vite/dist/node/index.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const ours = fileURLToPath(new URL('../../clients/typescript/dist/index.js', import.meta.url));
const entries = {
  '@optimization-gateway/client': `export * from ${JSON.stringify(ours)};`,
  partysocket: `export { default } from 'partysocket/ws';`,
  'graphql-ws': `export { createClient } from 'graphql-ws';`,
  centrifuge: `export { Centrifuge } from 'centrifuge';`,
  '@microsoft/signalr': `export { HubConnectionBuilder } from '@microsoft/signalr';`,
};

const { dependencies } = JSON.parse(readFileSync(`${here}package.json`, 'utf8'));
for (const [name, code] of Object.entries(entries)) {
  const { output } = await build({
    configFile: false,
    logLevel: 'error',
    root: here,
    plugins: [{ name: 'entry', resolveId: (id) => (id === 'entry' ? `${here}entry.js` : null), load: (id) => (id === `${here}entry.js` ? code : null) }],
    build: {
      write: false,
      minify: true,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: { input: 'entry', preserveEntrySignatures: 'strict', output: { format: 'es' } },
    },
  });
  const bundle = output.map((chunk) => chunk.code ?? '').join('');
  console.log(`${name.padEnd(30)} ${(dependencies[name] ?? 'here').padEnd(8)} ${String(gzipSync(bundle, { level: 9 }).length).padStart(6)} bytes gzip`);
}
