// The schemas of appsettings.json in docs/schema, as an editor applies them: what the documents give as examples is valid, common mistakes
// aren't. Run by scripts/test.sh.
import { isDeepStrictEqual } from 'node:util';
import Ajv from 'ajv';
import { read } from './schemas.mjs';

const gateway = (settings) => ({ Gateway: settings });
const logServer = (settings) => ({ LogServer: settings });

/** What .NET reads itself, and sections whose name is misspelt. */
const common = (schema, misspelt) => [
  [{ $schema: schema, Logging: { LogLevel: { Default: 'Debug' } }, OTEL_SDK_DISABLED: 'true' }],
  [{ [misspelt]: {} }, ''],
  [{ Loging: {} }, ''],
];

/** Of each program: its schema, the document about its settings, and cases, each with the places that are wrong. */
const programs = [
  {
    schema: 'docs/schema/appsettings.json',
    document: 'docs/settings.md',
    section: 'Gateway',
    cases: [
      ...common('schema/appsettings.json', 'Gatway'),
      [{ Urls: 'http://127.0.0.1:0' }],
      [gateway({ Backends: { 'a.b': { Address: 'http://127.0.0.1:5001', Metadata: { 'x-key': 'k' } } } })],
      [gateway({ Limits: { Connections: 1, PingInterval: '00:00:20' }, Upstream: { OpenTimeout: '00:00:00.5' } })],
      [gateway({ Limit: {} }), '/Gateway'],
      [gateway({ Backends: { local: { Adress: 'http://127.0.0.1:5001' } } }), '/Gateway/Backends/local'],
      [gateway({ Limits: { Connections: 0, MessageBytes: 16_777_217 } }), '/Gateway/Limits/Connections', '/Gateway/Limits/MessageBytes'],
      [gateway({ Limits: { Connections: 'many' } }), '/Gateway/Limits/Connections'],
      [gateway({ Drain: { Time: 10 } }), '/Gateway/Drain/Time'],
      [gateway({ Drain: { Time: '10' } }), '/Gateway/Drain/Time'],
      [gateway({ Security: { AllowAnonymous: 'yes' } }), '/Gateway/Security/AllowAnonymous'],
    ],
  },
  {
    schema: 'docs/schema/appsettings.log-server.json',
    document: 'docs/log-server.md',
    section: 'LogServer',
    cases: [
      ...common('schema/appsettings.log-server.json', 'LogSever'),
      // The log server has addresses of its own, and no gateway.
      [{ Urls: 'http://127.0.0.1:0' }, ''],
      [gateway({}), ''],
      [logServer({ Sqlite: { Path: '/var/lib/logs' }, Retention: { EventsPerJob: 1000, EndedJobs: '30.00:00:00' } })],
      [logServer({ Auth: { SecretFile: '/etc/secret', Issuer: 'me', Audience: 'logs', AppendClaim: 'write' } })],
      [logServer({ Limit: {} }), '/LogServer'],
      [logServer({ Auth: { Isuer: 'me' } }), '/LogServer/Auth'],
      [logServer({ Limits: { Jobs: 0, ProducersPerJob: 'many' } }), '/LogServer/Limits/Jobs', '/LogServer/Limits/ProducersPerJob'],
      [logServer({ Auth: { ClockSkew: 30 } }), '/LogServer/Auth/ClockSkew'],
    ],
  },
];

let [judged, own, faults] = [0, 0, 0];
for (const { schema, document, section, cases } of programs) {
  const validate = new Ajv({ strict: true, allErrors: true }).compile(JSON.parse(read(schema)));
  const example = new RegExp(`\`(\\{"(?:\\$schema|${section})".*?\\})\`|\`\`\`json\\n(\\{.*?\\})\\n\`\`\``, 'gs');
  const examples = [...read(document).matchAll(example)].map(([, inline, block]) => [JSON.parse(inline ?? block)]);
  if (examples.length === 0) {
    console.error(`${document} has no example`);
    faults++;
  }

  for (const [settings, ...expected] of [...cases, ...examples]) {
    validate(settings);
    judged++;
    const found = [...new Set((validate.errors ?? []).map(({ instancePath }) => instancePath))].sort();
    if (isDeepStrictEqual(found, expected)) continue;
    console.error(`${JSON.stringify(settings)}: faults at ${JSON.stringify(found)} by ${schema}, expected ${JSON.stringify(expected)}`);
    faults++;
  }

  own += examples.length;
}

console.log(`${judged} examples of appsettings.json judged by docs/schema, ${own} of them the documents' own, ${faults} faults`);
process.exitCode = faults > 0 ? 1 : 0;
