// The clients in Node. Standard input says what to do, a line of JSON each; standard output answers `reached` when all have what they should,
// and has the lines of the histories that tell of replays.
import { createInterface } from 'node:readline'
import { History, LogicalClient } from './client.mjs'

/** mulberry32: a small generator that can be seeded. */
const seeded = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}

const { followers, replayers, jobs, histories, seed, liveEvents } = JSON.parse(process.argv[2])
const random = seeded(seed)
const files = []
const following = []
const current = new Map()
let isTideIn = false
let isEnding = false
let heads = null

const history = ({ name }) => {
  const file = new History(`${histories}/${name}.jsonl`)
  files.push(file)
  return file
}

for (const place of followers) {
  const client = new LogicalClient(place.name, place.url, history(place), random)
  for (const job of jobs) client.follow(job)
  following.push(client)
  void client.run(() => false, () => isEnding)
}

const replay = async (place) => {
  const file = history(place)
  for (let n = 1; ; n++) {
    while (!isTideIn || heads) await new Promise((resume) => setTimeout(resume, 50))
    const client = new LogicalClient(`${place.name}#${n}`, place.url, file, seeded(seed + n))
    client.follow(place.jobs[Math.floor(random() * place.jobs.length)])
    current.set(place.name, client)
    await client.run(() => client.all((job) => job.isEnded || job.live >= liveEvents), () => isEnding)
    current.delete(place.name)
  }
}
for (const place of replayers) void replay(place)

const report = setInterval(() => {
  if (heads && [...following, ...current.values()].every((client) => client.hasReached(heads))) {
    console.log('reached')
    clearInterval(report)
  }
}, 50)

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line)
  if (order.do === 'follow') for (const client of following) client.follow(order.job)
  if (order.do === 'tide') isTideIn = order.isIn
  if (order.do === 'finish') heads = order.heads
  if (order.do === 'close') isEnding = true
}

for (const file of files) file.close()
process.exit(0)
