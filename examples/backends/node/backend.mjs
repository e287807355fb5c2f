// A backend of OptimizationGateway: jobs that look for the shortest round trip, a log for each (log.mjs), and WatchJob
// over the logs (watch.mjs).
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import grpc from '@grpc/grpc-js';
import { jobsHandlers, jobsService } from './jobs.mjs';
import { JobLog, loadLog } from './log.mjs';
import { open, service, watchJob } from './watch.mjs';

const usage = `npm start --workspace examples/backends/node -- [options]

  --listen <host:port>   WatchJob (127.0.0.1:5001)
  --jobs <host:port>     POST /jobs (127.0.0.1:5002)
  --data <folder>        of the logs (data, beside this file)
  --heartbeat <seconds>  rule 8 (15)`;

function readSettings() {
  const options = {
    listen: { type: 'string', default: '127.0.0.1:5001' },
    jobs: { type: 'string', default: '127.0.0.1:5002' },
    data: { type: 'string', default: fileURLToPath(new URL('data', import.meta.url)) },
    heartbeat: { type: 'string', default: '15' },
    help: { type: 'boolean', default: false },
  };
  try {
    const { values } = parseArgs({ options });
    if (!values.help) return values;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

const settings = readSettings();
const logs = new Map();

// Only a look into a map: a job id comes from outside and must never become a path.
function findLog(jobId) {
  const [, count] = /^load-([1-9]\d{0,6})$/.exec(jobId) ?? [];
  return count ? loadLog(Number(count)) : logs.get(jobId);
}

// The jobs: 30 cities on a circle in a random order, made shorter by turning stretches of the trip around.
const city = (i) => [Math.cos((i * Math.PI) / 15), Math.sin((i * Math.PI) / 15)];
const distance = (a, b) => Math.hypot(city(a)[0] - city(b)[0], city(a)[1] - city(b)[1]);
const tripLength = (tour) => tour.reduce((sum, c, i) => sum + distance(c, tour[(i + 1) % tour.length]), 0);
const shortest = tripLength([...Array(30).keys()]);
const score = (tour) => shortest / tripLength(tour); // 1: solved

function improve(tour) {
  for (let attempt = 0; attempt < 20; attempt++) {
    const [from, to] = [Math.random(), Math.random()].map((r) => Math.floor(r * tour.length)).sort((a, b) => a - b);
    const other = [...tour.slice(0, from), ...tour.slice(from, to + 1).reverse(), ...tour.slice(to + 1)];
    if (tripLength(other) < tripLength(tour)) tour = other;
  }
  return tour;
}

// All it needs is in its log, so a job goes on after a restart from where its last event says it was.
async function run(log) {
  const { iterations, delayMs } = log.event(1).job_started.config;
  let { iteration, details } = log.event(log.lastId);
  while (iteration < iterations) {
    await delay(delayMs);
    details = { tour: improve(details.tour) };
    log.append({ iteration: ++iteration, stage: 'search', details, iteration_completed: { score: score(details.tour) } });
  }
  const completed = { result_prompt_id: `trip-${details.tour.join('-')}`, final_score: score(details.tour) };
  log.append({ iteration, stage: 'done', details, job_completed: completed });
}

function startJob({ iterations, delayMs }) {
  const jobId = `trip-${randomUUID().slice(0, 8)}`;
  const log = new JobLog(path.join(settings.data, `${jobId}.jsonl`));
  const tour = [...Array(30).keys()].sort(() => Math.random() - 0.5);
  log.append({
    iteration: 0,
    details: { tour },
    job_started: { prompt_id: 'round-trip', dataset_id: 'circle', config: { iterations, delayMs } },
  });
  logs.set(jobId, log);
  run(log);
  return jobId;
}

fs.mkdirSync(settings.data, { recursive: true });
for (const file of fs.readdirSync(settings.data).filter((name) => name.endsWith('.jsonl'))) {
  const log = new JobLog(path.join(settings.data, file));
  if (log.lastId === 0) continue; // killed between the file and its first event: nobody has heard of it
  logs.set(path.basename(file, '.jsonl'), log);
  if (!log.ended) run(log);
}

// POST /jobs?iterations=50&delayMs=200 answers with the job's id; GET /watches with how many streams are open.
const [jobsHost, jobsPort] = settings.jobs.split(':');
http
  .createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    const number = (name, otherwise) => Number(searchParams.get(name) ?? otherwise);
    if (request.method === 'POST' && pathname === '/jobs') {
      response.end(`${startJob({ iterations: number('iterations', 50), delayMs: number('delayMs', 200) })}\n`);
    } else if (pathname === '/watches') response.end(`${open.watches}\n`);
    else response.writeHead(404).end();
  })
  .listen(Number(jobsPort), jobsHost, serve);

function serve() {
  const server = new grpc.Server();
  server.addService(service, { WatchJob: watchJob(findLog, Number(settings.heartbeat) * 1000) });
  server.addService(jobsService, jobsHandlers(logs));
  server.bindAsync(settings.listen, grpc.ServerCredentials.createInsecure(), (error) => {
    if (error) throw error;
    console.log(`WatchJob at http://${settings.listen}, POST http://${settings.jobs}/jobs starts a job`);
  });
}
