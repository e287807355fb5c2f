// The same plain client as LogicalClient.cs, on another WebSocket library: a fault of one isn't met by its twin in the other.
import { closeSync, openSync, writeSync } from 'node:fs'
import WebSocket from 'ws'

const CONNECT_LIMIT = 2000
const PING_INTERVAL = 1000
const SILENCE = 3000
const PONG_LIMIT = 6000

/** What ReplayTimes.cs needs to know when history was sent. */
const tellsOfReplay = ({ what, more }) => ['Subscribed', 'Error', 'Unsubscribed', 'Closed'].includes(what) || more === false

/** A history as a file, a line of JSON each. The lines that tell of replays are written to standard output at once. */
export class History {
  #file
  #waiting = []
  #bytes = 0

  constructor(path) {
    this.#file = openSync(path, 'w')
  }

  write(line) {
    const dated = { at: Date.now(), ...line }
    const text = JSON.stringify(dated)
    if (tellsOfReplay(line)) console.log(JSON.stringify({ ...dated, ids: undefined, sums: undefined }))
    this.#waiting.push(text)
    this.#bytes += text.length
    if (this.#bytes > 1 << 16) this.flush()
  }

  flush() {
    if (this.#waiting.length > 0) writeSync(this.#file, `${this.#waiting.join('\n')}\n`)
    this.#waiting = []
    this.#bytes = 0
  }

  close() {
    this.flush()
    closeSync(this.#file)
  }
}

/** How far a client is with a job: all that it keeps over a reconnect. */
export const cursor = (job, { after = 0, epoch = '' } = {}) => ({ job, after, epoch, isOpen: false, isEnded: false, live: 0 })

export class LogicalClient {
  #name
  #url
  #caller
  #token
  #history
  #random
  #jobs = new Map()
  #socket = null
  #connection = 0
  #pongAt = 0

  constructor({ url, caller, token }, name, history, random) {
    this.#name = name
    this.#url = url
    this.#caller = caller
    this.#token = token
    this.#history = history
    this.#random = random
  }

  follow(job, from) {
    const added = cursor(job, from)
    this.#jobs.set(job, added)
    if (this.#socket) this.#subscribe(this.#socket, added)
  }

  /** The last id that it has of a job, and the epoch that the id belongs to. */
  reached(job) {
    const { after, epoch } = this.#jobs.get(job) ?? cursor(job)
    return { after, epoch }
  }

  all(condition) {
    return [...this.#jobs.values()].every(condition)
  }

  hasReached(heads) {
    return this.all((job) => job.isEnded || (job.isOpen && job.after >= (heads[job.job] ?? 0)))
  }

  /** Reads until it has what it came for, or is stopped; both are asked after each message. */
  async run(isDone, isStopped) {
    while (!isDone() && !isStopped()) {
      await this.#connect(() => isDone() || isStopped())
      if (!isDone()) await new Promise((resume) => setTimeout(resume, 50 + this.#random() * 350))
    }
    if (isDone()) this.#write({ what: 'Done' })
  }

  #connect(isOver) {
    this.#connection++
    const socket = new WebSocket(this.#url, {
      handshakeTimeout: CONNECT_LIMIT, perMessageDeflate: false, headers: { authorization: `Bearer ${this.#token}` },
    })
    return new Promise((resume) => {
      let heard = Date.now()
      let isOpen = false
      const watch = setInterval(() => {
        if (isOver()) socket.close(1000)
        if (Date.now() - heard > SILENCE || (isOpen && Date.now() - this.#pongAt > PONG_LIMIT)) socket.terminate()
        else if (isOpen) socket.send('{"type":"ping"}', () => {})
      }, PING_INTERVAL)
      socket.on('upgrade', (response) => response.socket.on('data', () => { heard = Date.now() }))
      socket.on('open', () => {
        heard = Date.now()
        isOpen = true
        this.#pongAt = heard
        this.#socket = socket
        this.#write({ what: 'Open', caller: this.#caller })
        for (const job of this.#jobs.values()) if (!job.isEnded) this.#subscribe(socket, job)
      })
      socket.on('message', (data) => {
        if (this.#socket !== socket) return
        heard = Date.now()
        try {
          this.#take(socket, JSON.parse(data))
        } catch (error) {
          this.#write({ what: 'Garbled', code: String(error) })
          socket.terminate()
        }
        if (isOver()) socket.close(1000)
      })
      socket.on('error', ({ code, message }) => {
        // No fault of a network does that to a stream of TCP.
        if (code?.startsWith('WS_ERR_')) this.#write({ what: 'Garbled', code: message })
      })
      socket.on('close', (code) => {
        clearInterval(watch)
        this.#socket = null
        for (const job of this.#jobs.values()) job.isOpen = false
        if (isOpen) this.#write({ what: 'Closed', code: String(code) })
        resume()
      })
    })
  }

  #subscribe(socket, job) {
    job.live = 0
    job.isOpen = false
    this.#write({ what: 'Subscribe', job: job.job, after: job.after, epoch: job.epoch })
    socket.send(JSON.stringify({ type: 'subscribe', jobId: job.job, afterEventId: job.after, epoch: job.epoch }), () => {})
  }

  #retry(socket, job) {
    setTimeout(() => {
      if (this.#socket === socket) this.#subscribe(socket, job)
    }, 100 + this.#random() * 200)
  }

  #take(socket, message) {
    const job = this.#jobs.get(message.jobId)
    switch (message.type) {
      case 'pong':
        this.#pongAt = Date.now()
        break
      case 'subscribed':
        this.#write({
          what: 'Subscribed', job: message.jobId, epoch: message.epoch, last: message.lastEventId, earliest: message.earliestEventId,
        })
        if (job) Object.assign(job, { epoch: message.epoch ?? '', isOpen: true })
        break
      case 'replay':
        this.#events('Replay', message.jobId, job, message.data, message.hasMore)
        break
      case 'event':
        if (job) job.live++
        this.#events('Event', message.jobId, job, [message.event])
        break
      case 'error':
        this.#write({ what: 'Error', job: message.jobId, code: message.code, reason: message.subscription })
        if (job) this.#refused(socket, job, message)
        break
      case 'unsubscribed':
        this.#write({ what: 'Unsubscribed', job: message.jobId, reason: message.reason })
        if (job && message.reason === 'job_ended') job.isEnded = true
        else if (job && message.reason === 'failed') this.#retry(socket, job)
        break
    }
  }

  #events(what, jobId, job, events, more) {
    const marks = new Set(events.map((event) => event.data.job).filter((mark) => mark !== undefined))
    this.#write({
      what, job: jobId, more, ids: events.map((event) => event.id), sums: events.map(sum), marks: [...marks],
      callers: [...new Set(events.map((event) => event.data.caller ?? ''))],
      terminal: events.find(isTerminal)?.id,
    })
    if (job && events.length > 0) job.after = events.at(-1).id
  }

  #refused(socket, job, message) {
    if (['history_truncated', 'epoch_changed', 'cursor_ahead'].includes(message.code)) {
      // Start again from what there is, knowingly.
      job.after = 0
      if (message.code !== 'history_truncated') job.epoch = ''
    }
    if (message.subscription === 'not_opened' || message.code === 'rate_limited') this.#retry(socket, job)
  }

  #write(line) {
    this.#history.write({ client: this.#name, on: this.#connection, ...line })
  }
}

const isTerminal = ({ eventType, data }) =>
  eventType === 'job_completed' || eventType === 'job_cancelled' || (eventType === 'job_failed' && !data.willRetry)

const text = (member) => (typeof member === 'string' || typeof member === 'number' ? String(member) : '')

/** EventSum.cs says what it is for. */
const sum = ({ eventType, iteration, stage, timestamp, data }) => {
  let hash = 2166136261
  for (const part of [eventType, iteration, stage, timestamp, data.score, data.job, data.id, data.hash]) {
    const said = `${text(part)}|`
    for (let at = 0; at < said.length; at++) hash = Math.imul(hash ^ said.charCodeAt(at), 16777619)
  }
  return hash >>> 0
}
