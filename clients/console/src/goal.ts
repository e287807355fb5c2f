import type { JobSnapshot } from '@optimization-gateway/client';

/** What a job's configuration says of its scores: PROTOCOL.md section 4. */
export interface Goal {
  readonly minimizes: boolean;
  /** The score to compare with. */
  readonly baseline: number | null;
  /** The score that is good enough. */
  readonly target: number | null;
}

type Config = Readonly<Record<string, unknown>>;

/** `described`: what the list says, for jobs whose first event can't be had. */
export function goalOf({ started }: Pick<JobSnapshot, 'started'>, described?: Config): Goal {
  const config: Config = started?.config ?? described ?? {};
  return {
    minimizes: config['direction'] === 'minimize',
    baseline: numberOf(config['baselineScore']),
    target: numberOf(config['targetScore']),
  };
}

export const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);
