// A producer in Node: node producer.mjs SERVERS JOB PRODUCER EPOCH APPENDS BATCH
import { setTimeout as sleep } from 'node:timers/promises';

const [servers, job, producer, epoch, appends, batch] = process.argv
  .slice(2)
  .map((word, i) => (i === 0 ? word.split(',') : i > 2 ? Number(word) : word));

async function send(sequence, events) {
  let unknown = false;
  for (let attempt = Math.floor(Math.random() * servers.length); ; attempt++) {
    let answer;
    let text = '';
    try {
      answer = await fetch(new URL(`/jobs/${job}/events`, servers[attempt % servers.length]), {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          'Producer-Id': producer,
          'Producer-Epoch': `${epoch}`,
          'Producer-Seq': `${sequence}`,
        },
        body: JSON.stringify(events),
        signal: AbortSignal.timeout(8000),
      });
      text = await answer.text();
    } catch {
      unknown = true;
    }
    const status = answer?.status ?? 0;
    if (status === 200 || status === 204) {
      console.log(status === 200 ? 'made' : 'repeat', sequence, events.length, answer.headers.get('Stream-Next-Offset'));
      return;
    }
    if (status === 403 || status === 409) {
      if (!unknown) console.log('refused', sequence, events.length, `${status} ${text}`.replaceAll('\n', ' '));
      console.log(status === 403 ? 'fenced' : answer.headers.has('Stream-Closed') ? 'ended' : 'gap');
      process.exit(0);
    }
    if (status === 400 && text.includes('must begin with sequence 0')) {
      console.log('gap'); // The log went back behind the beginning of this run.
      process.exit(0);
    }
    if (status === 400) {
      console.error(text);
      process.exit(1);
    }
    unknown ||= ![0, 429].includes(status);
    await sleep(50);
  }
}

for (let s = 0; s < appends; s++) {
  const count = 1 + Math.floor(Math.random() * batch);
  const events = Array.from({ length: count }, (_, i) => {
    const ends = s === appends - 1 && i === count - 1;
    return {
      eventType: ends ? 'job_completed' : 'iteration_completed',
      iteration: s + 1,
      data: { [ends ? 'finalScore' : 'score']: 0.5, p: producer, e: epoch, s, i },
    };
  });
  await send(s, events);
  await sleep(5 + Math.random() * 55);
}
console.log('ended');
