import { duration } from '../text.ts';
import type { Condition, Subscription, TimelineEntry, Who } from './answers.ts';

export const conditionNames: { readonly [Name in Condition]: string } = {
  current: 'up to date',
  catching_up: 'catching up',
  opening: 'opening',
  failed: 'failed',
  slow_reader: 'slow reader',
  backend_away: 'backend away',
  ended: 'ended',
};

export const count = (value: number | null | undefined): string =>
  typeof value === 'number' ? value.toLocaleString('en-US').replaceAll(',', '\u202f') : '–';

export function bytes(value: number): string {
  if (value < 1024) return `${value} B`;
  const units = ['KiB', 'MiB', 'GiB'];
  let size = value / 1024;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`;
}

export const seconds = (value: number | null): string =>
  value === null ? '–' : value < 10 ? `${+value.toFixed(1)} s` : duration(value * 1000);

/** What a person would call it. */
export const nameOf = (who: Who): string => who.name ?? browserOf(who.userAgent) ?? 'a program';

/** The transports as people call them. */
export const transportNames: { readonly [Name in Who['transport']]: string } = {
  websocket: 'WebSocket',
  sse: 'server-sent events',
  longpoll: 'long-poll',
  catchup: 'plain read',
};

/** Most browsers name several; the first of these is the one. */
const browsers: readonly (readonly [name: string, token: RegExp])[] = [
  ['Edge', /Edg\/(\d+)/],
  ['Opera', /OPR\/(\d+)/],
  ['Firefox', /Firefox\/(\d+)/],
  ['Chrome', /Chrome\/(\d+)/],
  ['Safari', /Version\/(\d+).*Safari/],
];

function browserOf(agent: string | null): string | null {
  if (!agent) return null;
  for (const [name, token] of browsers) {
    const version = token.exec(agent)?.[1];
    if (version) return `${name} ${version}`;
  }
  return agent.length > 40 ? `${agent.slice(0, 40)}…` : agent;
}

/** Why this viewer doesn't see more, in a sentence or two. */
export function why(one: Subscription): string {
  const lag = one.lagEvents ? `${count(one.lagEvents)} behind. ` : '';
  const upstream = one.upstream;
  if (one.state === null && one.condition !== 'ended' && one.condition !== 'failed') return wasAt(one);
  switch (one.condition) {
    case 'slow_reader':
      return `${lag}The client reads slowly: ${bytes(one.queue.bytes)} wait for it, the oldest for ${seconds(one.lagSeconds)}.${
        one.queue.isFull ? ' The job’s stream is held back for it; nobody else is.' : ''
      }`;
    case 'backend_away':
      return `The stream from backend ${upstream?.backend} broke (${upstream?.lastBreak?.cause}) ${seconds(upstream?.outageSeconds ?? null)} ago. The gateway keeps asking; what was missed will follow.`;
    case 'opening':
      return upstream ? `Backend ${upstream.backend} hasn’t confirmed it yet.` : 'No backend is configured for this job.';
    case 'catching_up':
      return `${lag}They are on their way.`;
    case 'ended':
      return 'The job has ended, and the client was told.';
    case 'failed':
      return `It failed${one.lastError ? ` with ${one.lastError.code}` : ''}. The client was told, and has to subscribe anew.`;
    default:
      return one.head === null || one.head === 0
        ? 'Nothing has happened in this job yet.'
        : `The client has the newest event that the gateway knows of, ${count(one.head)}.`;
  }
}

/** How far it was, of a connection that has ended. */
function wasAt({ cursor, headNow }: Subscription): string {
  const now = headNow === null ? '' : ` The newest event known here now is ${count(headNow)}.`;
  return `${cursor === null ? 'Nothing had come of it' : `It had come to event ${count(cursor)}`} when the connection ended.${now}`;
}

/** One thing that happened. */
export function told({ kind, code, eventId }: TimelineEntry): string {
  switch (kind) {
    case 'connected':
      return 'connected';
    case 'subscribe_asked':
      return eventId === null ? 'asked for what happens from now on' : `asked for everything after event ${count(eventId)}`;
    case 'subscribed':
      return `confirmed by the backend${eventId === null ? '' : `, whose newest event was ${count(eventId)}`}`;
    case 'replay_asked':
      return `asked for the history after event ${count(eventId ?? 0)}`;
    case 'unsubscribe_asked':
      return 'wanted no more';
    case 'unsubscribed':
      return `ended: ${code}${eventId === null ? '' : `, at event ${count(eventId)}`}`;
    case 'error_sent':
      return `was told ${code}`;
    case 'stream_broke':
      return `the backend’s stream broke: ${code}`;
    case 'stream_resumed':
      return `the stream goes on after event ${count(eventId)}`;
    case 'stream_shared':
      return `shares the job’s stream with others after event ${count(eventId)}`;
    case 'stream_alone':
      return `gets a stream of its own after event ${count(eventId)}: it fell behind the others, or their stream ended`;
    case 'held_back':
      return 'took nothing for 10 s, so the stream was let go';
    case 'ending':
      return `ends: ${code}`;
    default:
      return kind;
  }
}
