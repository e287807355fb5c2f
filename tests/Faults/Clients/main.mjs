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

const { followers, replayers, joiners, jobs, histories, seed, liveEvents, longestVisit } = JSON.parse(process.argv[2])
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
  const client = new LogicalClient(place, place.name, history(place), random)
  for (const job of jobs) client.follow(job)
  following.push(client)
  void client.run(() => false, () => isEnding)
}

/** A cursor of a job that others watch: where one of them is, a little behind it, or anywhere before that. */
const anyCursor = (job) => {
  const { after, epoch } = following.map((client) => client.reached(job)).reduce((a, b) => (a.after > b.after ? a : b))
  const behind = random() < 0.1 ? random() * after : random() * Math.min(after, 100)
  return { after: after - Math.floor(behind), epoch: random() < 0.5 ? epoch : '' }
}

const join = async (place) => {
  const file = history(place)
  for (let n = 1; ; n++) {
    await new Promise((resume) => setTimeout(resume, 50 + random() * 250))
    if (heads || jobs.some((job) => following.every((client) => client.reached(job).after === 0))) continue
    const client = new LogicalClient(place, `${place.name}#${n}`, file, seeded(seed - n))
    const job = place.jobs[Math.floor(random() * place.jobs.length)]
    const leavesAt = Date.now() + 200 + random() * longestVisit
    client.follow(job, anyCursor(job))
    current.set(place.name, client)
    const isDone = () => client.all((each) => each.live >= liveEvents) || (!heads && Date.now() > leavesAt)
    await client.run(isDone, () => isEnding)
    current.delete(place.name)
  }
}
for (const place of joiners) void join(place)

const replay = async (place) => {
  const file = history(place)
  for (let n = 1; ; n++) {
    while (!isTideIn || heads) await new Promise((resume) => setTimeout(resume, 50))
    const client = new LogicalClient(place, `${place.name}#${n}`, file, seeded(seed + n))
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
