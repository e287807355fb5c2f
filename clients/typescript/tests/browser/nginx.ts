import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { freePort } from './programs.ts';

const executable = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/bin/nginx'].find(existsSync);

/** With CI=true a missing nginx is a failure, not a reason to skip. */
export const isNginxMissing: boolean = !executable && !process.env['CI'];

/** `upgrades`: the headers of an upgrade go no further. `resets`: a request for one is answered by a reset connection. */
export type Block = 'upgrades' | 'resets';

/** nginx in front of the gateway, as a network that doesn't let WebSockets through. */
export interface Nginx {
  /** Where it passes on each byte as it comes. */
  readonly url: string;
  /** Where it collects answers, whatever they say against that. */
  readonly collecting: string;
  /** Blocks sockets from now on, and cuts every connection. */
  block(what: Block): Promise<void>;
  /** Lets sockets through again, and cuts nothing. */
  unblock(): void;
  stop(): Promise<void>;
}

/** What blocks is a file in the folder, which is looked for at each request: so it can change without a connection being cut. */
function configuration(folder: string, ports: readonly [number, number], gateway: string): string {
  const server = (port: number, buffering: string): string => `
    server {
      listen 127.0.0.1:${port};
      set $asks $http_upgrade;
      set $hop '';
      set $reset '';
      if (-f ${folder}/upgrades) { set $asks ''; }
      if (-f ${folder}/resets) { set $reset $http_upgrade; }
      if ($asks) { set $hop upgrade; }
      if ($reset) { return 444; }
      location / {
        proxy_pass ${gateway};
        proxy_http_version 1.1;
        proxy_set_header Host $http_host;
        proxy_set_header Upgrade $asks;
        proxy_set_header Connection $hop;
        ${buffering}
      }
    }`;
  return `
  daemon off;
  master_process off;
  pid ${folder}/nginx.pid;
  error_log stderr notice;
  events {}
  http {
    access_log off;
    reset_timedout_connection on;
    ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
    ${server(ports[0], 'proxy_buffering off;')}
    ${server(ports[1], 'proxy_ignore_headers X-Accel-Buffering; proxy_buffer_size 1m; proxy_buffers 8 1m;')}
  }`;
}

export async function startNginx(gateway: string): Promise<Nginx> {
  const folder = mkdtempSync(`${tmpdir()}/optimization-nginx-`);
  const ports = [await freePort(), await freePort()] as const;
  const file = `${folder}/nginx.conf`;
  writeFileSync(file, configuration(folder, ports, gateway));
  let nginx: ChildProcess | undefined;
  let output = '';

  async function start(): Promise<void> {
    const started = spawn(executable ?? 'nginx', ['-e', 'stderr', '-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    nginx = started;
    started.stderr.on('data', (text) => (output += text));
    const deadline = Date.now() + 20_000;
    while (!(await listens(ports[1]))) {
      if (started.exitCode !== null || Date.now() > deadline) throw new Error(`nginx doesn't listen:\n${output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async function kill(): Promise<void> {
    if (!nginx || nginx.exitCode !== null) return;
    const gone = once(nginx, 'exit');
    nginx.kill('SIGKILL');
    await gone;
  }

  const unblock = (): void => {
    for (const name of ['upgrades', 'resets']) rmSync(`${folder}/${name}`, { force: true });
  };
  const urlOf = (port: number): string => `ws://127.0.0.1:${port}/ws/optimization`;
  await start();
  return {
    url: urlOf(ports[0]),
    collecting: urlOf(ports[1]),
    async block(what) {
      writeFileSync(`${folder}/${what}`, '');
      await kill();
      await start();
    },
    unblock,
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
