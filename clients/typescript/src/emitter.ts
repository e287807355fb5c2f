/** Handlers of named events. One that throws is reported and stops nobody. */
export class Emitter<Events> {
  readonly #entries = new Set<{ readonly name: keyof Events; readonly handler: (value: never) => void }>();

  on<Name extends keyof Events>(name: Name, handler: (value: Events[Name]) => void): () => void {
    // An object of its own, so that the same function given twice is two handlers.
    const entry = { name, handler };
    this.#entries.add(entry);
    return () => this.#entries.delete(entry);
  }

  emit<Name extends keyof Events>(name: Name, value: Events[Name]): void {
    // Of the handlers there are now: not one that is added meanwhile, nor one that a handler before it takes off.
    for (const entry of [...this.#entries]) {
      if (entry.name !== name || !this.#entries.has(entry)) continue;
      try {
        (entry.handler as (value: Events[Name]) => void)(value);
      } catch (error) {
        // Someone else's function failed: told as an uncaught error is.
        (globalThis.reportError ?? console.error)(error);
      }
    }
  }

  clear(): void {
    this.#entries.clear();
  }
}
