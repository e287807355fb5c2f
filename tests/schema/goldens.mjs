// Judges tests/golden by docs/schema: what is accepted there is valid, what is refused isn't. Run by scripts/test.sh.
import { readdirSync } from 'node:fs';
import { MessageSchema, read } from './schemas.mjs';

/** What is refused for its text, of which a schema sees nothing: it judges what the text means. */
const INVISIBLE = {
  after_whole_with_fraction: '1.0 is the same number as 1',
  after_exponent: '1e3 is the same number as 1000',
  deep_nesting: 'unknown members may be anything',
  epoch_lone_surrogate: 'how a string is encoded',
  job_id_lone_high_surrogate: 'how a string is encoded',
  job_id_lone_low_surrogate: 'how a string is encoded',
  job_id_of_129_emoji: 'JSON Schema counts characters, the contract UTF-16 units',
  job_id_surrogates_swapped: 'how a string is encoded',
  request_id_lone_surrogate: 'how a string is encoded',
};

const faults = [];
let judged = 0;

function* goldens(folder) {
  for (const file of readdirSync(new URL(`../golden/${folder}`, import.meta.url))) {
    const [name, ...ending] = file.split('.');
    if (ending.join('.') !== 'json' || name === 'expectations') continue;
    yield [name, read(`tests/golden/${folder}/${file}`)];
    judged++;
  }
}

function parse(text) {
  try {
    return { message: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

const server = new MessageSchema('server-messages', { closed: true });
const client = new MessageSchema('client-messages');

function judge(folder, faultsOf) {
  for (const [name, text] of goldens(folder)) {
    for (const fault of faultsOf(JSON.parse(text))) faults.push(`${folder}/${name}: ${fault}`);
  }
}

judge('messages/server', (message) => server.faultsOf(message));
judge('messages/client', (message) => client.faultsOf(message));
judge('events', (event) => server.faultsOfPart('jobEvent', event));

const unseen = new Set(Object.keys(INVISIBLE));
for (const [name, text] of goldens('messages/client-invalid')) {
  const parsed = parse(text);
  const isRefused = !parsed || client.faultsOf(parsed.message).length > 0;
  if (!isRefused && !unseen.delete(name)) faults.push(`messages/client-invalid/${name}: the schema takes what the gateway refuses`);
}
for (const name of unseen) faults.push(`messages/client-invalid/${name}: refused by the schema too, or gone; take it off the list here`);

for (const fault of faults) console.error(fault);
console.log(`${judged} goldens judged by docs/schema, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;
