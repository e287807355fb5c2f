// ListJobs and GetJob over the logs: which jobs there are. Optional: without it the gateway lists none of them.
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import { toStruct, toTimestamp } from './watch.mjs';

const protos = fileURLToPath(new URL('../../../protos', import.meta.url));
const definition = protoLoader.loadSync('optimization/v1/jobs.proto', { includeDirs: [protos], keepCase: true, longs: Number });
export const { service: jobsService } = grpc.loadPackageDefinition(definition).optimization.v1.JobsService;
const MAX_PAGE_SIZE = 200;
const [RUNNING, COMPLETED] = [2, 4]; // JobState

/** The handlers; logs has all logs by job id. They sort all jobs for each page: right for some 10,000; beyond that let an index do it. */
export const jobsHandlers = (logs) => ({
  ListJobs: answering((request) => list([...logs].map(describe), request)),
  GetJob: answering(({ job_id: jobId }) => {
    if (!logs.has(jobId)) throw { code: grpc.status.NOT_FOUND, details: 'unknown job' };
    return { job: describe([jobId, logs.get(jobId)]) };
  }),
});

const answering = (answer) => (call, callback) => {
  try {
    callback(null, answer(call.request));
  } catch (error) {
    callback(error); // { code, details }
  }
};

function list(jobs, { page_size: size = 0, page_token: after, states = [], query = '' }) {
  if (size < 0) throw { code: grpc.status.INVALID_ARGUMENT, details: 'page_size is negative' };
  const isWanted = (job) => states.length === 0 || states.includes(job.state);
  const has = (job) => [job.job_id, job.prompt_id, job.dataset_id].join('\n').toLowerCase().includes(query.toLowerCase());
  const found = jobs.filter((job) => isWanted(job) && has(job));
  found.sort((a, b) => b.updated - a.updated || (a.job_id < b.job_id ? -1 : 1));
  const start = place(found, after);
  const end = start + Math.min(size || MAX_PAGE_SIZE, MAX_PAGE_SIZE);
  return { jobs: found.slice(start, end), next_page_token: end < found.length ? token(found.slice(0, end)) : '' };
}

// A page ends at a time, and after so many jobs of that time: a job that changes meanwhile moves to the front, and moves
// no other. An offset alone would lose or repeat a job each time. And a token that named a job would show it to callers
// who may not know it.
function token(listed) {
  const { updated } = listed.at(-1);
  return `${updated}-${listed.filter((job) => job.updated === updated).length}`;
}

function place(found, after) {
  if (!after) return 0;
  const [, updated, ties] = /^(\d{1,15})-(\d{1,9})$/.exec(after) ?? [];
  if (!updated) throw { code: grpc.status.INVALID_ARGUMENT, details: 'page_token is none of ours' };
  const newer = found.filter((job) => job.updated > Number(updated)).length;
  const same = found.filter((job) => job.updated === Number(updated)).length;
  return newer + Math.min(same, Number(ties));
}

// What a log says of its job. `updated` isn't in the proto: proto-loader leaves it out.
function describe([jobId, log]) {
  const [{ job_started: started, timestamp: created }, last] = [log.event(1), log.event(log.lastId)];
  const updated = Date.parse(last.timestamp);
  return {
    job_id: jobId,
    state: last.job_completed ? COMPLETED : RUNNING,
    prompt_id: started.prompt_id,
    dataset_id: started.dataset_id,
    config: toStruct(started.config),
    iteration: last.iteration,
    stage: last.stage,
    ...scores(log, started.config.direction === 'minimize' ? Math.min : Math.max),
    last_event_id: last.id,
    create_time: toTimestamp(Date.parse(created)),
    update_time: toTimestamp(updated),
    result_prompt_id: last.job_completed?.result_prompt_id,
    updated,
  };
}

function scores(log, best) {
  let [score, best_score] = [];
  for (let id = 1; id <= log.lastId; id++) {
    score = log.event(id).iteration_completed?.score ?? score;
    if (score !== undefined) best_score = best(score, best_score ?? score);
  }
  return { score, best_score };
}
