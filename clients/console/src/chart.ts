import uPlot from 'uplot';
import type { Curve } from './story.ts';
import { number } from './text.ts';

/** Fewer pixels than this for each score, and a line shows more than dots. */
const pixelsPerDot = 5;

/** Scores that are lines across the chart. */
export interface Marks {
  readonly baseline: number | null;
  readonly target: number | null;
}

/** uPlot in the page's colours, at the size of its box. */
export class Chart {
  readonly #box: HTMLElement;
  readonly #read: (text: string) => void;
  readonly #resized: ResizeObserver;
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');
  #plot: uPlot | undefined;
  #curve: Curve = { iterations: [], scores: [], best: [] };
  #expected: number | null = null;
  #marks: Marks = { baseline: null, target: null };

  /** `read` is given what is under the pointer, as text. */
  constructor(box: HTMLElement, read: (text: string) => void) {
    this.#box = box;
    this.#read = read;
    this.#resized = new ResizeObserver(() => this.#plot?.setSize(this.#size));
    this.#resized.observe(box);
    this.#dark.addEventListener('change', this.#recolour);
  }

  show(curve: Curve, expected: number | null, marks: Marks): void {
    this.#curve = curve;
    this.#expected = expected;
    this.#marks = marks;
    if (curve.iterations.length === 0) return this.#drop();
    this.#plot ??= new uPlot(this.#options(), this.#data, this.#box);
    this.#plot.setData(this.#data);
  }

  close(): void {
    this.#resized.disconnect();
    this.#dark.removeEventListener('change', this.#recolour);
    this.#drop();
  }

  get #data(): uPlot.AlignedData {
    const { iterations, best, scores } = this.#curve;
    const { baseline, target } = this.#marks;
    return [iterations, best, scores, iterations.map(() => baseline), iterations.map(() => target)];
  }

  /** From the first iteration to the last that is expected. It doesn't ask uPlot, which widens what has one point. */
  get #span(): uPlot.Range.MinMax {
    const { iterations } = this.#curve;
    return [Math.min(iterations[0] ?? 1, 1), Math.max(iterations.at(-1) ?? 0, this.#expected ?? 0, 2)];
  }

  get #size(): { readonly width: number; readonly height: number } {
    return { width: this.#box.clientWidth, height: this.#box.clientHeight };
  }

  readonly #recolour = (): void => {
    this.#drop();
    this.show(this.#curve, this.#expected, this.#marks);
  };

  #drop(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #options(): uPlot.Options {
    const styles = getComputedStyle(this.#box);
    const colour = (name: string): string => styles.getPropertyValue(`--${name}`).trim();
    const font = `12px ${styles.fontFamily}`;
    const axis = { font, stroke: colour('muted'), ticks: { show: false } };
    const isDense = (plot: uPlot): boolean => this.#curve.iterations.length * pixelsPerDot > plot.over.clientWidth;
    const line = uPlot.paths.linear?.();
    return {
      ...this.#size,
      padding: [10, 12, 0, 0],
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, y: false, points: { size: 9 } },
      scales: {
        x: { time: false, range: () => this.#span },
        y: { range: padded },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 28,
          space: 70,
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000],
        },
        { ...axis, grid: { stroke: colour('line'), width: 1 }, size: 50, space: 36 },
      ],
      series: [
        {},
        {
          stroke: colour('accent'),
          fill: colour('area'),
          width: 2.5,
          points: { show: false },
          ...(uPlot.paths.stepped && { paths: uPlot.paths.stepped({ align: 1 }) }),
        },
        {
          stroke: colour('dot'),
          width: 1,
          paths: (plot, series, from, to) => (isDense(plot) && line ? line(plot, series, from, to) : null),
          points: { show: (plot) => !isDense(plot), size: 6, width: 0, fill: colour('dot') },
        },
        { stroke: colour('muted'), width: 1.5, dash: [2, 4], points: { show: false } },
        { stroke: colour('accent'), width: 1.5, dash: [8, 4], points: { show: false } },
      ],
      hooks: { setCursor: [({ cursor: { idx } }) => this.#read(this.#textAt(idx))] },
    };
  }

  #textAt(index: number | null | undefined): string {
    const iteration = this.#curve.iterations[index ?? -1];
    if (index == null || iteration === undefined) return '';
    return `iteration ${iteration}: ${number(this.#curve.scores[index])}, best ${number(this.#curve.best[index])}`;
  }
}

/** Some air above and below, also where all scores are the same. */
function padded(_: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null) return [0, 1];
  const air = (high - low) * 0.1 || Math.abs(high) * 0.1 || 1;
  return [low - air, high + air];
}
