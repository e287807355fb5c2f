// The conformance tests of the Durable Streams protocol, against a server whose reads are the gateway's.
import { runConformanceTests } from '@durable-streams/server-conformance-tests'

runConformanceTests({ baseUrl: process.env.STREAMS_URL, longPollTimeoutMs: 1000 })
