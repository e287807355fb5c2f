import type { JobSnapshot } from '@optimization-gateway/client';

/** How a job ended, or what it failed with and is tried again after, to be read. */
export interface Outcome {
  readonly title: string;
  readonly line: string;
  /** The prompt that was found, or an error's stack. */
  readonly text: string;
}

/** Whether nothing more will happen to a job in this state. */
export const isFinal = (state: string): boolean => state === 'completed' || state === 'failed' || state === 'cancelled';

export function outcomeOf({ result, failure }: Pick<JobSnapshot, 'result' | 'failure'>): Outcome | null {
  if (failure) {
    const { error, errorStack, willRetry } = failure;
    return { title: willRetry ? 'Failed, will be tried again' : 'Failed', line: error, text: errorStack };
  }
  if (!result) return null;
  const { resultPromptId, finalScore, prompt } = result;
  return { title: 'Result', line: `${resultPromptId}, final score ${shown(finalScore)}`, text: typeof prompt === 'string' ? prompt : '' };
}

/** What the page calls a job's state: a failed one that will be tried again is running, but not yet again. */
export const wordFor = ({ state, failure }: Pick<JobSnapshot, 'state' | 'failure'>): string => (failure?.willRetry ? 'retrying' : state);

const shown = (score: number | null): string => (score === null ? 'unknown' : String(+score.toFixed(4)));
