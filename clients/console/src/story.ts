import { isEvent, type JobEvent } from '@optimization-gateway/client';

/** The scores by iteration, as uPlot takes them. */
export interface Curve {
  readonly iterations: number[];
  readonly scores: (number | null)[];
  readonly best: (number | null)[];
}

/** What a job's events say that its snapshot doesn't: what becomes of a number over time. */
export interface Story {
  readonly curve: Curve;
  /** How many events it was told by, also those that aren't kept. */
  readonly count: number;
  /** The newest of them. */
  readonly last: JobEvent | null;
}

export const untold: Story = { curve: { iterations: [], scores: [], best: [] }, count: 0, last: null };

/**
 * The story with the events that have come since; the same object if none have. The snapshot keeps only the newest events, so what the
 * dropped ones said must have been taken before. Where the story's last event is no longer among them, the history has begun anew.
 */
export function tell(story: Story, events: readonly JobEvent[]): Story {
  let known = events.length;
  while (known > 0 && events[known - 1] !== story.last) known--;
  if (known === events.length && known > 0) return story;
  if (known === 0 && events.length === 0) return story.last ? untold : story;
  const before = known === 0 ? untold : story;
  const fresh = events.slice(known);
  return { curve: extend(before.curve, fresh), count: before.count + fresh.length, last: fresh.at(-1) ?? null };
}

function extend(curve: Curve, events: readonly JobEvent[]): Curve {
  const scored = events.filter((event) => isEvent(event, 'iteration_completed'));
  if (scored.length === 0) return curve;
  const [iterations, scores, best] = [[...curve.iterations], [...curve.scores], [...curve.best]];
  for (const { iteration, data } of scored) {
    // An attempt after a failure goes over the same iterations again.
    while ((iterations.at(-1) ?? -1) >= iteration) for (const column of [iterations, scores, best]) column.pop();
    const before = best.at(-1) ?? null;
    iterations.push(iteration);
    scores.push(data.score);
    best.push(data.score === null || before === null ? (data.score ?? before) : Math.max(before, data.score));
  }
  return { iterations, scores, best };
}
