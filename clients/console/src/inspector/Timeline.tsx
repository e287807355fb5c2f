import type { ReactNode } from 'react';
import { clock } from '../text.ts';
import type { TimelineEntry } from './answers.ts';
import { count, told } from './words.ts';

const bad = ['error_sent', 'stream_broke'];
const slow = ['held_back', 'ending'];

/** What happened, the newest first. */
export function Timeline({ entries, dropped }: { readonly entries: readonly TimelineEntry[]; readonly dropped: number }): ReactNode {
  return (
    <ol id="timeline">
      {[...entries].reverse().map((entry) => {
        const { kind, at, lastAt, times, jobId } = entry;
        return (
          <li
            key={`${at} ${kind} ${jobId}`}
            data-kind={kind}
            data-tone={bad.includes(kind) ? 'bad' : slow.includes(kind) ? 'warn' : undefined}
          >
            <time dateTime={at} title={at}>
              {clock(at)}
            </time>
            <span>
              {jobId && <b>{jobId} </b>}
              {told(entry)}
              {times > 1 && (
                <span className="muted">
                  {' '}
                  {count(times)} times, the last at {clock(lastAt)}
                </span>
              )}
            </span>
          </li>
        );
      })}
      {dropped > 0 && <li className="muted">and {count(dropped)} more before that</li>}
    </ol>
  );
}
