import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const assemblyOf = (name: string): string => `${root}src/${name}/bin/Debug/net10.0/OptimizationGateway.${name}.dll`;

/** One of the real programs as a process, which can be killed without a word and started again as it was. */
class Program {
  readonly #assembly: string;
  readonly #settings: readonly string[];
  readonly #ready: string;
  #process: ChildProcess | undefined;
  #output = '';

  constructor(name: string, settings: readonly string[], ready: string) {
    this.#assembly = assemblyOf(name);
    this.#settings = settings;
    this.#ready = ready;
    if (!existsSync(this.#assembly)) throw new Error(`${this.#assembly} is missing: dotnet build OptimizationGateway.sln`);
  }

  async start(): Promise<void> {
    const started = spawn('dotnet', [this.#assembly, ...this.#settings], { stdio: ['ignore', 'pipe', 'pipe'], cwd: tmpdir() });
    this.#process = started;
    started.stdout.on('data', (text) => (this.#output += text));
    started.stderr.on('data', (text) => (this.#output += text));
    const deadline = Date.now() + 60_000;
    while (!(await answers(this.#ready))) {
      if (started.exitCode !== null || Date.now() > deadline) throw new Error(`It doesn't answer at ${this.#ready}:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** SIGKILL: no goodbye to anyone. */
  async kill(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (!running || running.exitCode !== null) return;
    const gone = once(running, 'exit');
    running.kill('SIGKILL');
    await gone;
  }
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    (response) => response.arrayBuffer().then(() => true),
    () => false,
  );

/** One that is free now, and none of those that the system gives to connections: they would have it by the time a program starts. */
export async function freePort(): Promise<number> {
  const port = 10_000 + Math.floor(Math.random() * 22_000);
  const server = createServer().listen(port, '127.0.0.1');
  const isFree = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  if (!isFree) return freePort();
  server.close();
  await once(server, 'close');
  return port;
}

export interface Programs {
  readonly gateway: Program;
  readonly stub: Program;
  /** Where the gateway's socket is. */
  readonly url: string;
  /** Starts a job of the stub's. */
  startJob(config: Readonly<Record<string, number>>): Promise<string>;
  cancelJob(jobId: string): Promise<void>;
  /** How many times the gateway has asked its backend for a job's events so far. */
  watchesOpened(): Promise<number>;
  stop(): Promise<void>;
}

/** Gateway and stub, started. */
export async function startPrograms(pageOrigin: string): Promise<Programs> {
  const [gatewayPort, grpcPort, httpPort] = [await freePort(), await freePort(), await freePort()];
  const data = mkdtempSync(`${tmpdir()}/optimization-client-`);
  const jobs = `http://127.0.0.1:${httpPort}/jobs`;
  const stub = new Program(
    'OptimizerStub',
    [
      `--Stub:GrpcUrl=http://127.0.0.1:${grpcPort}`,
      `--Stub:HttpUrl=http://127.0.0.1:${httpPort}`,
      `--Stub:DataDirectory=${data}`,
      '--Stub:LoadJobs=true',
    ],
    jobs,
  );
  const gateway = new Program(
    'Gateway',
    [
      `--Urls=http://127.0.0.1:${gatewayPort}`,
      `--Gateway:Backends:stub:Address=http://127.0.0.1:${grpcPort}`,
      `--Gateway:Security:AllowedOrigins=${pageOrigin}`,
      '--Gateway:Telemetry:Prometheus=true',
    ],
    `http://127.0.0.1:${gatewayPort}/`,
  );
  await Promise.all([stub.start(), gateway.start()]);
  return {
    gateway,
    stub,
    url: `ws://127.0.0.1:${gatewayPort}/ws/optimization`,
    async startJob(config) {
      const body = JSON.stringify({ promptId: 'p', datasetId: 'support', config });
      const response = await fetch(jobs, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      return ((await response.json()) as { jobId: string }).jobId;
    },
    async cancelJob(jobId) {
      const response = await fetch(`${jobs}/${jobId}/cancel`, { method: 'POST' });
      if (!response.ok) throw new Error(`The job isn't cancelled: ${response.status} ${await response.text()}`);
    },
    async watchesOpened() {
      const metrics = await (await fetch(`http://127.0.0.1:${gatewayPort}/metrics`)).text();
      return Number(/^gateway_upstream_opened(?:_streams)?_total\{.*\} (\d+)/m.exec(metrics)?.[1] ?? 0);
    },
    async stop() {
      await Promise.all([gateway.kill(), stub.kill()]);
      rmSync(data, { recursive: true, force: true });
    },
  };
}
