// Judges what the .NET tests recorded (RECORD_MESSAGES, see tests/Testing/MessageRecord.cs) by docs/schema:
//
//     node tests/schema/recorded.mjs <folder>
//
// The gateway's own messages may have no member that the contract doesn't name. A type of message or of event, a code or
// a reason that the contract names and no test has brought about is a fault too: nothing would be known about it.
import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { MessageSchema } from './schemas.mjs';

const MAX_SHOWN = 20;

const schemas = { server: new MessageSchema('server-messages', { closed: true }), client: new MessageSchema('client-messages') };
const counts = new Map();
const faults = new Map();
const count = (what) => counts.set(what, (counts.get(what) ?? 0) + 1);

/** What has to be seen: the closed sets of the schemas. */
function* expected() {
  for (const [from, { types }] of Object.entries(schemas)) for (const type of types) yield `${from} ${type}`;
  const { error, unsubscribed, jobEvent } = schemas.server.document.$defs;
  for (const code of error.properties.code.enum) yield `error.code ${code}`;
  for (const effect of error.properties.subscription.enum) yield `error.subscription ${effect}`;
  for (const reason of unsubscribed.properties.reason.enum) yield `unsubscribed.reason ${reason}`;
  const documented = jobEvent.allOf.map((rule) => rule.if.properties.eventType.const);
  for (const type of [...documented, 'unknown', "a backend's own"]) yield `event ${type}`;
}

function tally(from, message, known) {
  count(`${from} ${message.type}`);
  if (message.type === 'error') {
    count(`error.code ${message.code}`);
    count(`error.subscription ${message.subscription}`);
  } else if (message.type === 'unsubscribed' && from === 'server') count(`unsubscribed.reason ${message.reason}`);
  for (const { eventType } of message.type === 'event' ? [message.event] : (message.data ?? [])) {
    count(known.has(`event ${eventType}`) ? `event ${eventType}` : "event a backend's own");
  }
}

async function judge(file, known) {
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const { from, text } = JSON.parse(line);
    const message = JSON.parse(text);
    const found = schemas[from].faultsOf(message);
    if (found.length === 0) tally(from, message, known);
    for (const fault of found) {
      const same = faults.get(`${from} ${message.type}: ${fault}`) ?? { times: 0, example: text.slice(0, 300) };
      faults.set(`${from} ${message.type}: ${fault}`, { ...same, times: same.times + 1 });
    }
  }
}

const [folder] = process.argv.slice(2);
const known = new Set(expected());
const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
if (files.length === 0) {
  console.error(`Nothing was recorded in ${folder}. Run RECORD_MESSAGES=${folder} dotnet test --project tests/Gateway.IntegrationTests`);
  process.exit(1);
}
for (const file of files) await judge(join(folder, file), known);

for (const [what, times] of [...counts].sort()) console.log(`${String(times).padStart(9)}  ${what}`);
for (const what of known) if (!counts.has(what)) faults.set(`never seen in any test: ${what}`, { times: 0 });

for (const [fault, { times, example }] of [...faults].slice(0, MAX_SHOWN)) {
  console.error(times > 0 ? `${fault}, ${times} times, such as ${example}` : fault);
}
const messages = [...counts].filter(([what]) => /^(server|client) /.test(what)).reduce((sum, [, times]) => sum + times, 0);
console.log(`${messages} recorded messages are as docs/schema says, ${faults.size} faults`);
process.exitCode = faults.size > 0 ? 1 : 0;
