// Appends numbered events with @durable-streams/client, in rounds; writes the number after each round, and ends the job.
import { DurableStream, IdempotentProducer } from '@durable-streams/client'

const [url, rounds, perRound] = process.argv.slice(2)

// The client leaves what the network does to its caller.
async function patient(...request) {
  for (;;) {
    try {
      const answer = await fetch(...request)
      if (answer.status !== 429 && answer.status < 500) return answer
    } catch {
      // The log server is away.
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const stream = new DurableStream({ url, contentType: 'application/json', fetch: patient })
const producer = new IdempotentProducer(stream, 'node', { autoClaim: true, fetch: patient })
let n = 0
for (let round = 0; round < Number(rounds); round++) {
  for (let i = 0; i < Number(perRound); i++) producer.append(JSON.stringify({ eventType: 'counted', data: { n: n++ } }))
  await producer.flush()
  console.log(n)
}
await producer.close(JSON.stringify({ eventType: 'job_completed' }))
console.log('end')
