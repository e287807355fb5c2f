// The golden events as Node.js encodes and decodes them: node encode.mjs <folder>, run by EncoderTests.cs.
//
// Writes <folder>/protobuf-es/<name>.binpb and <folder>/grpc-js/<name>.binpb, made from the sources of tests/golden/events, and
// compares what it decodes from <folder>/csharp/<name>.binpb with the same sources. Each difference is a line, and exit code 1.
// Each file is a WatchJobResponse with the event in it: what is on the wire.
//
// protobuf-es is what reads protobuf-JSON by the rules; grpc-js is what a backend sends, by the code of examples/backends/node.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { create, createFileRegistry, fromBinary, fromJson, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { service } from '../../../examples/backends/node/watch.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const STRING = 9; // descriptor.proto's TYPE_STRING
const goldens = join(root, 'tests/golden/events');
const [folder] = process.argv.slice(2);

const image = execFileSync(join(root, 'node_modules/.bin/buf'), ['build', 'protos', '-o', '-#format=binpb'], { cwd: root });
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
const [JobEvent, Response] = ['JobEvent', 'WatchJobResponse'].map((name) => registry.getMessage(`optimization.v1.${name}`));

const files = readdirSync(goldens);
const names = files.filter((file) => file.endsWith('.binpb')).map((file) => file.slice(0, -'.binpb'.length));
for (const encoder of ['protobuf-es', 'grpc-js']) mkdirSync(join(folder, encoder), { recursive: true });

for (const name of names) {
  const source = files.includes(`${name}.proto.json`) && JSON.parse(readFileSync(join(goldens, `${name}.proto.json`), 'utf8'));
  const fromCSharp = readFileSync(join(folder, 'csharp', `${name}.binpb`));

  // What protobuf-JSON can't say this library reads from the golden binary.
  const event = source ? fromJson(JobEvent, source, { registry }) : fromBinary(JobEvent, readFileSync(join(goldens, `${name}.binpb`)));
  const encoded = toBinary(Response, create(Response, { message: { case: 'event', value: event } }));
  writeFileSync(join(folder, 'protobuf-es', `${name}.binpb`), encoded);
  compare('protobuf-es', name, encoded, fromCSharp, (bytes) => fromBinary(Response, bytes, { readUnknownFields: false }));

  if (source) {
    const encoded = service.WatchJob.responseSerialize({ event: toGrpc(source, JobEvent) });
    writeFileSync(join(folder, 'grpc-js', `${name}.binpb`), encoded);
    compare('grpc-js', name, encoded, fromCSharp, (bytes) => withoutZeros(service.WatchJob.responseDeserialize(bytes)));
  }
}

/** isDeepStrictEqual rather than the libraries' own: to it NaN is NaN. */
function compare(encoder, name, ours, theirs, decode) {
  const [one, other] = [decode(ours), decode(theirs)];
  if (isDeepStrictEqual(one, other)) return;
  console.log(`${encoder} decodes what C# made of ${name} to something else:`, one, other);
  process.exitCode = 1;
}

/** A zero on the wire and none are the same, where the field isn't optional; grpc-js tells them apart. Of timestamps it writes both. */
function withoutZeros(value) {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(withoutZeros);
  const kept = Object.entries(value).filter(([name, member]) => member !== 0 || (name !== 'seconds' && name !== 'nanos'));
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutZeros(member)]));
}

/** A message of protobuf-JSON as proto-loader takes it: fields by the names of the proto, google.protobuf's types in their long form. */
function toGrpc(json, { typeName, fields }) {
  if (typeName === 'google.protobuf.Timestamp') return toTimestamp(json);
  if (typeName === 'google.protobuf.Struct') return toValue(json).structValue;
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => {
      const field = fields.find(({ jsonName }) => jsonName === name);
      const isNumber = field.fieldKind === 'scalar' && typeof value === 'string' && /^(-?\d+|NaN|-?Infinity)$/.test(value);
      return [field.name, field.message ? toGrpc(value, field.message) : isNumber && field.scalar !== STRING ? Number(value) : value];
    }),
  );
}

function toTimestamp(text) {
  const [, whole, fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(text);
  return { seconds: Date.parse(`${whole}Z`) / 1000, nanos: Number(fraction.padEnd(9, '0')) };
}

function toValue(value) {
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { listValue: { values: value.map(toValue) } };
  if (value === null) return { nullValue: 0 };
  return { structValue: { fields: Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toValue(member)])) } };
}
