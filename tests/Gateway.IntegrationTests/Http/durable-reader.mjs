// Reads a job's events with @durable-streams/client, and writes the id of each event as a line of its own.
import { stream } from '@durable-streams/client'

const [url, mode, offset, lastId] = process.argv.slice(2)
const live = mode === 'catch-up' ? false : mode
const reader = await stream({
  url,
  offset,
  live,
  json: true,
  backoffOptions: { initialDelay: 50, maxDelay: 200, multiplier: 2 },
  sseResilience: { minConnectionDuration: 0, logWarnings: false },
})
if (live === false) {
  for (const event of await reader.json()) console.log(event.id)
  console.log(`offset ${reader.offset} upToDate ${reader.upToDate} closed ${reader.streamClosed}`)
} else {
  for await (const event of reader.jsonStream()) {
    console.log(event.id)
    if (event.id === Number(lastId)) break
  }
  console.log('end')
}
process.exit(0)
