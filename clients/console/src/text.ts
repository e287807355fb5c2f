/** At most four decimals; a dash for what isn't known. */
export function number(value: number | null | undefined): string {
  return typeof value === 'number' && Number.isFinite(value) ? String(+value.toFixed(4)) : '–';
}

/** `12 s`, `3 min 5 s`, `2 h 7 min`. Clocks differ a little, so what lies ahead is now. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}

/** An age in one unit, so that it takes no more room as it grows. */
export function ago(since: number, now: number): string {
  const seconds = Math.round((now - since) / 1000);
  if (seconds < 1) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < 48 * 3600 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86_400)} days ago`;
}

export const isToday = (timestamp: string | number): boolean => new Date(timestamp).toDateString() === new Date().toDateString();

/** The time of day; with the date where that isn't today's. */
export function clock(timestamp: string | number): string {
  const at = new Date(timestamp);
  const day = at.toLocaleDateString(undefined, { month: 'short', day: 'numeric' });
  return isToday(timestamp) ? at.toLocaleTimeString() : `${day}, ${at.toLocaleTimeString()}`;
}

/** What others say may begin in lower case, and end with a full stop or not. */
export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
