/** One event of a stream of server-sent events, as the standard reads it. */
export interface StreamEvent {
  readonly event: string;
  readonly data: string;
  /** The last `id:` that came. */
  readonly id: string;
}

/**
 * Takes the text of a stream of server-sent events in parts that may be cut anywhere. `retry` hears how long to wait before coming back, in ms.
 */
export function createParser(take: (event: StreamEvent) => void, retry: (ms: number) => void): (part: string) => void {
  let rest = '';
  let endsWithCr = false;
  let id = '';
  let event = '';
  let data: string[] = [];

  const line = (text: string): void => {
    if (!text) {
      if (data.length > 0) take({ event, data: data.join('\n'), id });
      event = '';
      data = [];
    }
    // A comment has no name.
    const [, name, value = ''] = /^([^:]*):? ?(.*)$/s.exec(text) ?? [];
    if (name === 'event') event = value;
    if (name === 'data') data.push(value);
    if (name === 'id') id = value;
    if (name === 'retry') retry(Number(value));
  };

  return (part) => {
    if (!part) return;
    const lines = part.slice(endsWithCr && part[0] === '\n' ? 1 : 0).split(/\r\n?|\n/);
    endsWithCr = part.endsWith('\r');
    // Only what is new is searched: an event may be megabytes.
    lines[0] = rest + lines[0];
    rest = lines.pop() ?? '';
    lines.forEach(line);
  };
}
