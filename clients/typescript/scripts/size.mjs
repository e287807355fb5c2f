// The budget: what an application ships, in bytes of gzip. Measured on a bundle of all that an entry exports, minified by Vite
// as it would be for production, for modern browsers (es2022); React and Vue, and for adapters the core, stay outside.

import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const budgets = { index: 7820, http: 3200, react: 1000, vue: 1000 };
const dist = fileURLToPath(new URL('../dist/', import.meta.url));

async function gzipSize(entry) {
  const { output } = await build({
    configFile: false,
    logLevel: 'error',
    root: dist,
    build: {
      write: false,
      minify: true,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: {
        input: `${dist}${entry}.js`,
        external: (id) => id === 'react' || id === 'vue' || (entry !== 'index' && id.endsWith('/index.js') && !id.includes(`${entry}.js`)),
        preserveEntrySignatures: 'strict',
        output: { format: 'es' },
      },
    },
  });
  const code = output.map((chunk) => chunk.code ?? '').join('');
  return gzipSync(code, { level: 9 }).length;
}

let over = false;
for (const [entry, budget] of Object.entries(budgets)) {
  const size = await gzipSize(entry);
  over ||= size > budget;
  console.log(`${entry.padEnd(6)} ${String(size).padStart(5)} of ${budget} bytes gzip${size > budget ? '  OVER BUDGET' : ''}`);
}
process.exitCode = over ? 1 : 0;
