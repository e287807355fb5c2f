// What a user gets: the packed tarball, looked at by publint and attw, then installed into a fresh Vite app outside this
// repository and built there, with every snippet of the README compiled beside it. Nothing is asked of a registry: the app's tools are linked from here.
// What doesn't wait for something else runs beside it; all that was said is shown, and every failure counts.

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('..', import.meta.url));
const tools = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const app = mkdtempSync(join(tmpdir(), 'optimization-client-app-'));

function run(name, args, cwd) {
  const begun = Date.now();
  return new Promise((resolve, reject) => {
    execFile(name, args, { cwd }, (error, stdout, stderr) => {
      const what = [name, ...args].map((part) => basename(part)).join(' ');
      console.log(`${error ? 'FAILED' : 'ok    '} ${((Date.now() - begun) / 1000).toFixed(1)} s  ${what}`);
      if (!error) return resolve();
      console.log(stdout + stderr);
      reject(new Error(`${what} failed`));
    });
  });
}

const code = `
import { createGatewayClient, isEvent, type JobSnapshot, webSocket } from '@optimization-gateway/client';
import { http } from '@optimization-gateway/client/http';
import { GatewayProvider, useJob } from '@optimization-gateway/client/react';
import { FakeGateway } from '@optimization-gateway/client/testing';
import { createGateway, useJob as useVueJob } from '@optimization-gateway/client/vue';

const client = createGatewayClient({ url: '/ws/optimization', WebSocket: new FakeGateway().WebSocket });
client.watch('job-1').on('event', (event) => {
  if (isEvent(event, 'iteration_completed')) event.data.score satisfies number | null;
});
const best = (snapshot: JobSnapshot): number | null => snapshot.bestScore;
createGatewayClient({ url: '/ws/optimization', transports: [webSocket(), http()] });
console.log(GatewayProvider, createGateway(client), useVueJob, () => useJob('job-1', { select: best }));
`;

/** What the snippets of the README take for granted. */
const given = `
import type { createGatewayClient as create, GatewayClient, JobSubscription } from '@optimization-gateway/client';
declare global {
  const createGatewayClient: typeof create;
  const client: GatewayClient;
  const job: JobSubscription;
  const url: string;
  const auth: { token(options: { readonly fresh: boolean }): Promise<string> };
  const chart: { add(iteration: number, score: number | null): void };
}
`;

/** Each snippet as a file of its own; the two examples under the names that the others import them by. */
function writeReadme(folder) {
  const snippets = [...readFileSync(join(here, 'README.md'), 'utf8').matchAll(/^```(tsx?|vue)\n(.*?)^```$/gms)];
  if (snippets.length < 12) throw new Error(`The README has only ${snippets.length} snippets: are they still found?`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'given.d.ts'), given);
  writeFileSync(join(folder, 'vue.d.ts'), "declare module '*.vue' { const component: import('vue').Component; export default component; }");
  snippets.forEach(([, language, snippet], i) => {
    const name = snippet.includes('export function JobProgress') ? 'JobProgress' : `snippet${i}`;
    // Vue's own compiler has seen that one already, in examples/vue.
    if (language !== 'vue') writeFileSync(join(folder, `${name}.${language}`), `${snippet}\nexport {};\n`);
  });
}

const compilerOptions = {
  target: 'es2022',
  module: 'esnext',
  moduleResolution: 'bundler',
  jsx: 'react-jsx',
  allowImportingTsExtensions: true,
  lib: ['es2022', 'dom', 'dom.iterable'],
  strict: true,
  noEmit: true,
  types: [],
  // Libraries too: our declarations must hold in somebody else's project.
  skipLibCheck: false,
};

async function buildApp() {
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  await run('npm', ['install', tarball, '--offline', '--omit=peer', '--no-audit', '--no-fund', '--loglevel=error'], app);
  const reactEntry = join(app, 'node_modules/@optimization-gateway/client/dist/react.js');
  if (!readFileSync(reactEntry, 'utf8').startsWith("'use client';")) throw new Error("The React entry doesn't begin with 'use client'.");
  for (const name of ['react', '@types/react', '@types/react-dom', 'csstype', 'react-dom', 'vue', '@vue', 'vite', '@babel']) {
    const target = join(app, 'node_modules', name);
    mkdirSync(join(target, '..'), { recursive: true });
    symlinkSync(join(tools, name), target);
  }
  mkdirSync(join(app, 'src'));
  writeFileSync(join(app, 'index.html'), '<script type="module" src="/src/main.ts"></script>');
  writeFileSync(join(app, 'src/main.ts'), code);
  writeReadme(join(app, 'src/readme'));
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  await allOf(
    run(join(tools, '.bin/tsc'), ['-p', '.'], app),
    run('node', [join(tools, 'vite/bin/vite.js'), 'build', '--logLevel', 'warn'], app),
  );
}

async function checkTarball() {
  await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', app], here);
  await allOf(
    run(join(tools, '.bin/publint'), ['run', tarball, '--strict'], here),
    run(join(tools, '.bin/attw'), [tarball, '--profile', 'esm-only', '--no-emoji', '--quiet'], here),
    buildApp(),
  );
}

async function checkTypes() {
  await run(join(tools, '.bin/buf'), ['generate'], here);
  await run(join(tools, '.bin/tsc'), ['-p', 'tests'], here);
}

/** Waits for all to end, then fails with the first failure: nothing goes on in a folder that is removed. */
async function allOf(...parts) {
  const failed = (await Promise.allSettled(parts)).find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
}

const { version } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
const tarball = join(app, `optimization-gateway-client-${version}.tgz`);

try {
  await allOf(checkTypes(), checkTarball());
  console.log('The types hold; the package installs into a fresh Vite app and builds there, and the README’s snippets compile.');
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(app, { recursive: true, force: true });
}
