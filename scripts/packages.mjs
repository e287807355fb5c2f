// Installs the npm packages that package-lock.json names, unless they are in node_modules already: `npm ci`, but only when it is needed.
// npm writes node_modules/.package-lock.json at the end of each installation; that is the stamp.
// With --check it installs nothing, and fails where they are missing.
// `make run`, `make deps`, the build of the page (src/Gateway/Console.targets) and those of clients/ call it.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function packagesOf(...path) {
  try {
    return JSON.parse(readFileSync(join(root, ...path), 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isInstalled() {
  const wanted = packagesOf('package-lock.json');
  const installed = packagesOf('node_modules', '.package-lock.json');
  if (!wanted || !installed) return false;

  const isSame = (name) => wanted[name]?.version === installed[name].version && wanted[name]?.integrity === installed[name].integrity;
  // Optional packages are binaries for other platforms.
  const isThere = (name) => name in installed || wanted[name].optional || !name.startsWith('node_modules/');
  return Object.keys(installed).every(isSame) && Object.keys(wanted).every(isThere);
}

function install() {
  console.log('Installing the npm packages of package-lock.json …');
  // npm's own pauses between attempts make two minutes of a missing network, in every build.
  const retries = ['--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=4000'];
  const options = ['--no-audit', '--no-fund', '--loglevel=error', ...retries];
  // On Windows npm is a script, which only a shell starts.
  const npm = spawnSync('npm', ['ci', ...options], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  if (npm.error) return `npm can't be started (${npm.error.message}). It comes with Node.js, https://nodejs.org.`;
  return npm.status === 0 ? '' : 'npm ci failed, as said above. It needs the network once; then run the same command again.';
}

function problem() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) return `Node.js 20.19 or newer is needed; this is ${process.version}.`;
  if (isInstalled()) return '';
  if (process.argv.includes('--check')) return `The npm packages of package-lock.json aren't installed. Run \`npm ci\` in ${root}`;
  return install();
}

const message = problem();
if (message) console.error(message);
process.exitCode = message ? 1 : 0;
