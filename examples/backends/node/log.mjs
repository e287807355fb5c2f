// The log: one file a job, one line an event; the first line is the epoch.
import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';

export class JobLog extends EventEmitter {
  #file;
  #events = []; // Read whole at the start: right for some 100,000 events a job; beyond that keep offsets and read the file.

  constructor(file) {
    super();
    this.setMaxListeners(0); // as many watches as there are
    const isNew = !fs.existsSync(file);
    this.#file = fs.openSync(file, 'a+');
    if (isNew) {
      fs.writeSync(this.#file, `${JSON.stringify({ epoch: randomUUID() })}\n`);
      const folder = fs.openSync(path.dirname(file));
      fs.fsyncSync(folder); // the file's name, too, must be on disk
      fs.closeSync(folder);
    }
    const bytes = fs.readFileSync(file);
    // A crash can leave half a line. It was never sent, so it may go; what follows must not be glued to it.
    const whole = bytes.lastIndexOf(10) + 1;
    fs.ftruncateSync(this.#file, whole);
    fs.fsyncSync(this.#file); // What is read below may be sent: it must be on disk, not in a cache, before (rule 5).
    const [head, ...events] = bytes.toString('utf8', 0, whole).split('\n').filter(Boolean).map(JSON.parse);
    this.epoch = head?.epoch;
    this.#events = events;
  }

  get lastId() {
    return this.#events.length; // ids count from 1, without holes
  }

  get ended() {
    return isTerminal(this.event(this.lastId));
  }

  event(id) {
    return this.#events[id - 1];
  }

  // First to disk, then to the readers: an event that was seen can't be lost, so the epoch can stay through every
  // restart. If the disk fails nobody catches this: the process ends, and the next one finds a log that is in order.
  append(event) {
    const stored = { id: this.lastId + 1, timestamp: new Date().toISOString(), ...event };
    fs.writeSync(this.#file, `${JSON.stringify(stored)}\n`);
    fs.fsyncSync(this.#file);
    this.#events.push(stored);
    this.emit('append');
  }
}

// load-<n>: n events that exist already, computed, for tests.
export const loadLog = (n) => ({
  epoch: 'load-v1',
  lastId: n,
  ended: true,
  event: (id) => ({
    id,
    iteration: id - 1,
    stage: 'load',
    timestamp: new Date(Date.UTC(2026, 0) + id).toISOString(),
    ...(id === n
      ? { job_completed: { result_prompt_id: 'load', final_score: 1 } }
      : id === 1
        ? { job_started: { prompt_id: 'load', dataset_id: 'load' } }
        : { iteration_completed: { score: id / n } }),
  }),
});

export const isTerminal = (event) =>
  Boolean(event?.job_completed || event?.job_cancelled || (event?.job_failed && !event.job_failed.will_retry));
