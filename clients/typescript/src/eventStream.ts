/** One event of a stream of server-sent events, as the gateway writes them. */
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
    // Lines of the gateway end with LF, of a proxy perhaps with CR LF; JSON has neither.
    const lines = part.replaceAll('\r', '').split('\n');
    // Only what is new is searched: an event may be megabytes.
    lines[0] = rest + lines[0];
    rest = lines.pop() ?? '';
    lines.forEach(line);
  };
}
