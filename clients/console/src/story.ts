import { isEvent, type JobEvent, type JobEventData, type JsonObject } from '@optimization-gateway/client';

export type JobState = '' | 'running' | 'paused' | 'retrying' | 'completed' | 'failed' | 'cancelled';

export interface Result {
  readonly title: string;
  readonly line: string;
  /** A text to read: the prompt that was found, or an error's stack. */
  readonly text: string;
}

/** The scores by iteration, as uPlot takes them. */
export interface Curve {
  readonly iterations: number[];
  readonly scores: (number | null)[];
  readonly best: (number | null)[];
}

/** What a job's events say about it. */
export interface Story {
  readonly state: JobState;
  readonly promptId: string;
  readonly datasetId: string;
  readonly config: JsonObject;
  readonly startedAt: string | null;
  readonly result: Result | null;
  readonly curve: Curve;
  /** How many events it was told by, also those that aren't kept. */
  readonly count: number;
  /** The newest of them. */
  readonly last: JobEvent | null;
}

export const untold: Story = {
  state: '',
  promptId: '',
  datasetId: '',
  config: {},
  startedAt: null,
  result: null,
  curve: { iterations: [], scores: [], best: [] },
  count: 0,
  last: null,
};

export const isFinal = (state: JobState): boolean => state === 'completed' || state === 'failed' || state === 'cancelled';

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
  const curve = extend(before.curve, fresh);
  return { ...fresh.reduce(take, before), curve, count: before.count + fresh.length, last: fresh.at(-1) ?? null };
}

const stateAfter: { readonly [Type in keyof JobEventData]?: JobState } = {
  job_started: 'running',
  iteration_completed: 'running',
  job_paused: 'paused',
  job_resumed: 'running',
  job_completed: 'completed',
  job_cancelled: 'cancelled',
};

function take(story: Story, event: JobEvent): Story {
  const state = stateAfter[event.eventType as keyof JobEventData] ?? story.state;
  if (isEvent(event, 'job_started')) {
    const { promptId, datasetId, config } = event.data;
    return { ...story, state, promptId, datasetId, config, startedAt: story.startedAt ?? event.timestamp };
  }
  if (isEvent(event, 'job_completed')) {
    const { resultPromptId, finalScore } = event.data;
    const prompt = event.data as JsonObject;
    const text = typeof prompt['prompt'] === 'string' ? prompt['prompt'] : '';
    return { ...story, state, result: { title: 'Result', line: `${resultPromptId}, final score ${shown(finalScore)}`, text } };
  }
  if (isEvent(event, 'job_failed')) {
    const { error, errorStack, willRetry } = event.data;
    const title = willRetry ? 'Failed, will be tried again' : 'Failed';
    return { ...story, state: willRetry ? 'retrying' : 'failed', result: { title, line: error, text: errorStack } };
  }
  if (state === story.state) return story;
  // A failure that is being tried again is none any more.
  return { ...story, state, result: state === 'running' ? null : story.result };
}

const shown = (score: number | null): string => (score === null ? 'unknown' : String(+score.toFixed(4)));

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
