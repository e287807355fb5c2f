// docs/schema/appsettings.json, as an editor applies it: what the documents give as examples is valid, common mistakes aren't.
// Run by scripts/test.sh.
import { isDeepStrictEqual } from 'node:util';
import Ajv from 'ajv';
import { read } from './schemas.mjs';

const validate = new Ajv({ strict: true, allErrors: true }).compile(JSON.parse(read('docs/schema/appsettings.json')));
const gateway = (settings) => ({ Gateway: settings });

/** Each with the places that are wrong. */
const cases = [
  [
    {
      $schema: 'schema/appsettings.json',
      Urls: 'http://127.0.0.1:0',
      Logging: { LogLevel: { Default: 'Debug' } },
      OTEL_SDK_DISABLED: 'true',
    },
  ],
  [{ Gatway: {} }, ''],
  [{ Loging: {} }, ''],
  [gateway({ Backends: { 'a.b': { Address: 'http://127.0.0.1:5001', Metadata: { 'x-key': 'k' } } } })],
  [gateway({ Limits: { Connections: 1, PingInterval: '00:00:20' }, Upstream: { OpenTimeout: '00:00:00.5' } })],
  [gateway({ Limit: {} }), '/Gateway'],
  [gateway({ Backends: { local: { Adress: 'http://127.0.0.1:5001' } } }), '/Gateway/Backends/local'],
  [gateway({ Limits: { Connections: 0, MessageBytes: 16_777_217 } }), '/Gateway/Limits/Connections', '/Gateway/Limits/MessageBytes'],
  [gateway({ Limits: { Connections: 'many' } }), '/Gateway/Limits/Connections'],
  [gateway({ Drain: { Time: 10 } }), '/Gateway/Drain/Time'],
  [gateway({ Drain: { Time: '10' } }), '/Gateway/Drain/Time'],
  [gateway({ Security: { AllowAnonymous: 'yes' } }), '/Gateway/Security/AllowAnonymous'],
];

const examples = [...read('docs/settings.md').matchAll(/`(\{"(?:\$schema|Gateway)".*?\})`|```json\n(\{.*?\})\n```/gs)];
for (const [, inline, block] of examples) cases.push([JSON.parse(inline ?? block)]);

let faults = examples.length > 0 ? 0 : 1;
for (const [settings, ...expected] of cases) {
  validate(settings);
  const found = [...new Set((validate.errors ?? []).map(({ instancePath }) => instancePath))].sort();
  if (isDeepStrictEqual(found, expected)) continue;
  console.error(`${JSON.stringify(settings)}: faults at ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
  faults++;
}
console.log(
  `${cases.length} examples of appsettings.json judged by docs/schema, ${examples.length} of them the documents' own, ${faults} faults`,
);
process.exitCode = faults > 0 ? 1 : 0;
