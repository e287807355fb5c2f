// Judges messages of your own, one on each line:
//
//     node tests/schema/validate.mjs client-messages < messages.jsonl
import { createInterface } from 'node:readline';
import { MessageSchema } from './schemas.mjs';

const [name] = process.argv.slice(2);
if (name !== 'client-messages' && name !== 'server-messages') {
  console.error('usage: node tests/schema/validate.mjs client-messages|server-messages < messages.jsonl');
  process.exit(2);
}

const schema = new MessageSchema(name);
let [lines, invalid] = [0, 0];
for await (const line of createInterface({ input: process.stdin })) {
  lines++;
  const faults = faultsOf(line);
  if (faults.length > 0) invalid++;
  for (const fault of faults) console.error(`line ${lines}: ${fault}`);
}
console.log(`${lines} messages, ${invalid} invalid`);
process.exitCode = invalid > 0 || lines === 0 ? 1 : 0;

function faultsOf(line) {
  try {
    return schema.faultsOf(JSON.parse(line));
  } catch (error) {
    return [`it isn't JSON: ${error.message}`];
  }
}
