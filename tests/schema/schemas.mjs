// The schemas of docs/schema, compiled by ajv in its strict mode: a keyword that it doesn't know, or that can't have an effect, fails.
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';

export const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The last step of a reference such as #/$defs/event. */
const nameOf = ({ $ref }) => $ref.slice($ref.lastIndexOf('/') + 1);

/** One of docs/schema, by its name: client-messages or server-messages. */
export class MessageSchema {
  #ajv = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true });

  /** With `closed` also a member that the schema doesn't name is a fault, but for those of a backend's own in an event's data. */
  constructor(name, { closed = false } = {}) {
    this.document = JSON.parse(read(`docs/schema/${name}.json`));
    this.types = this.document.$defs.message.oneOf.map(nameOf);
    if (closed) for (const part of [...this.types, 'jobEvent']) this.#close(part);
    this.#ajv.addSchema(this.document, name);
    this.name = name;
  }

  #close(part) {
    const schema = this.document.$defs[part];
    if (schema) schema.additionalProperties = false;
  }

  /** What is wrong with a message, a sentence each: by its own type, since "none of six" helps nobody. */
  faultsOf(message) {
    if (this.#ajv.validate(this.name, message)) return [];
    const isKnown = this.types.includes(message?.type);
    return isKnown ? this.faultsOfPart(message.type, message) : [`type must be one of ${this.types.join(', ')}`];
  }

  /** The same of a part of messages, such as jobEvent. */
  faultsOfPart(part, value) {
    if (this.#ajv.validate(`${this.name}#/$defs/${part}`, value)) return [];
    return this.#ajv.errors.map(({ instancePath, message: fault, params }) => {
      const what = params.additionalProperty ?? params.allowedValue ?? params.allowedValues?.join(', ') ?? '';
      return `${instancePath || 'the message'} ${fault}${what ? ` (${what})` : ''}`;
    });
  }
}
