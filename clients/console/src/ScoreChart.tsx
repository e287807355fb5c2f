import { type ReactNode, useEffect, useRef } from 'react';
import { Chart } from './chart.ts';
import type { Curve } from './story.ts';
import { number } from './text.ts';

interface Props {
  readonly curve: Curve;
  /** How many iterations there will be, if that is known. */
  readonly expected: number | null;
  /** The score to compare with, and the one that is good enough, as far as the job has them. */
  readonly baseline: number | null;
  readonly target: number | null;
}

/** The scores over the iterations: a dot for each, a step line for the best so far. */
export function ScoreChart({ curve, expected, baseline, target }: Props): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLSpanElement>(null);
  const chart = useRef<Chart>(null);

  useEffect(() => {
    const made = new Chart(box.current as HTMLElement, (text) => {
      if (readout.current) readout.current.textContent = text;
    });
    chart.current = made;
    return () => made.close();
  }, []);

  useEffect(() => chart.current?.show(curve, expected, { baseline, target }), [curve, expected, baseline, target]);

  const last = curve.iterations.at(-1);
  const summary =
    last === undefined
      ? 'No scores yet'
      : `Chart of ${curve.iterations.length} scores: ${number(curve.scores.at(-1))} in iteration ${last}, the best is ${number(curve.best.at(-1))}${said('baseline', baseline)}${said('target', target)}`;
  return (
    <figure>
      <div id="chart" ref={box} role="img" aria-label={summary} data-points={curve.iterations.length}>
        {last === undefined && <p className="quiet">No scores yet</p>}
      </div>
      <figcaption className="muted">
        <span className="key best">best so far</span>
        <span className="key score">score of an iteration</span>
        {baseline !== null && <span className="key baseline">baseline {number(baseline)}</span>}
        {target !== null && <span className="key target">target {number(target)}</span>}
        <span id="readout" ref={readout} aria-hidden="true" />
      </figcaption>
    </figure>
  );
}

const said = (what: string, score: number | null): string => (score === null ? '' : `, the ${what} ${number(score)}`);
