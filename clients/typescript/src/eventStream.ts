/** One event of a stream of server-sent events, as the gateway writes them: each field once. */
export interface StreamEvent {
  readonly event?: string;
  readonly data?: string;
  readonly id?: string;
  /** How long to wait before coming back, in ms. */
  readonly retry?: string;
}

/** Takes the text of a stream of server-sent events in parts that may be cut anywhere. */
export function createParser(take: (event: StreamEvent) => void): (part: string) => void {
  let rest = '';
  let event: Record<string, string> = {};

  const line = (text: string): void => {
    // A comment has no name.
    const at = text.indexOf(':');
    if (at > 0) event[text.slice(0, at)] = text.slice(at + 1).trim();
    if (text) return;
    if (event['data']) take(event);
    event = {};
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
