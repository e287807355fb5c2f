// Appends the events of a job in Node: node append.mjs http://127.0.0.1:5010/jobs/mine/events
import { setTimeout as sleep } from 'node:timers/promises';

const url = process.argv[2];
if (!url) {
  console.error('Usage: node append.mjs http://127.0.0.1:5010/jobs/mine/events');
  process.exit(2);
}
let sequence = 0;

/** Repeats the request until it is answered; the log makes it once. */
async function append(eventType, event) {
  const producer = { 'Producer-Id': 'node', 'Producer-Epoch': '0', 'Producer-Seq': `${sequence++}` };
  const headers = { 'Content-Type': 'application/json', ...producer };
  const request = { method: 'POST', headers, body: JSON.stringify({ eventType, ...event }) };
  for (;;) {
    const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
    if (answer?.ok) return;
    if (answer && answer.status < 500 && answer.status !== 429) throw new Error(await answer.text());
    await sleep(500);
  }
}

await append('job_started', { data: { promptId: 'example', datasetId: 'none', config: { maxIterations: 20 } } });
for (let iteration = 1; iteration <= 20; iteration++) {
  await append('iteration_completed', { iteration, data: { score: 1 - 1 / iteration } });
}
await append('job_completed', { data: { resultPromptId: 'example/best', finalScore: 0.95 } });
