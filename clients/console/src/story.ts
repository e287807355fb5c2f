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
  /** True if the lowest score is the best. */
  readonly minimizes: boolean;
}

export const untold: Story = { curve: { iterations: [], scores: [], best: [] }, count: 0, last: null, minimizes: false };

/**
 * The story with the events that have come since; the same object if none have. The snapshot keeps only the newest events, so what the
 * dropped ones said must have been taken before. Where the story's last event is no longer among them, the history has begun anew.
 */
export function tell(told: Story, events: readonly JobEvent[], minimizes = told.minimizes): Story {
  const story = minimizes === told.minimizes ? told : turned(told, minimizes);
  let known = events.length;
  while (known > 0 && events[known - 1] !== story.last) known--;
  if (known === events.length && known > 0) return story;
  if (known === 0 && events.length === 0) return story.last ? untold : story;
  const before = known === 0 ? untold : story;
  const fresh = events.slice(known);
  const curve = extend(before.curve, fresh, minimizes);
  return { curve, count: before.count + fresh.length, last: fresh.at(-1) ?? null, minimizes };
}

/** The same story, by the other direction of scores. */
function turned(story: Story, minimizes: boolean): Story {
  let before: number | null = null;
  const best = story.curve.scores.map((score) => {
    before = better(before, score, minimizes);
    return before;
  });
  return { ...story, curve: { ...story.curve, best }, minimizes };
}

function better(before: number | null, score: number | null, minimizes: boolean): number | null {
  if (score === null || before === null) return score ?? before;
  return (minimizes ? Math.min : Math.max)(before, score);
}

function extend(curve: Curve, events: readonly JobEvent[], minimizes: boolean): Curve {
  const scored = events.filter((event) => isEvent(event, 'iteration_completed'));
  if (scored.length === 0) return curve;
  const [iterations, scores, best] = [[...curve.iterations], [...curve.scores], [...curve.best]];
  for (const { iteration, data } of scored) {
    // An attempt after a failure goes over the same iterations again.
    while ((iterations.at(-1) ?? -1) >= iteration) for (const column of [iterations, scores, best]) column.pop();
    const before = best.at(-1) ?? null;
    iterations.push(iteration);
    scores.push(data.score);
    best.push(better(before, data.score, minimizes));
  }
  return { iterations, scores, best };
}
