import { reportUncaught } from './errors.ts';

/** Handlers by event name. One that throws is reported and stops nobody. */
export class Emitter<Events> {
  readonly #handlers = new Map<keyof Events, Set<{ readonly call: (value: never) => void }>>();

  on<Name extends keyof Events>(name: Name, handler: (value: Events[Name]) => void): () => void {
    const handlers = this.#handlers.get(name) ?? new Set();
    this.#handlers.set(name, handlers);
    // A wrapper of its own, so that the same function given twice is two handlers.
    const entry = { call: handler };
    handlers.add(entry);
    return () => void handlers.delete(entry);
  }

  emit<Name extends keyof Events>(name: Name, value: Events[Name]): void {
    const handlers = this.#handlers.get(name) ?? new Set();
    for (const handler of [...handlers]) {
      // One that was taken off by a handler before it isn't called any more.
      if (!handlers.has(handler)) continue;
      try {
        (handler.call as (value: Events[Name]) => void)(value);
      } catch (error) {
        reportUncaught(error);
      }
    }
  }

  clear(): void {
    for (const handlers of this.#handlers.values()) handlers.clear();
  }
}
