// The scores over the iterations: a dot for each score, a step line for the best so far. Drawn at the size it has on the page.

const margin = { top: 10, right: 14, bottom: 24, left: 46 };

/** At most a few round numbers that span the range. */
function ticks(from, to, count) {
  const rough = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  const found = [];
  for (let at = Math.ceil(from / step - 1e-9); at * step <= to + step * 1e-9; at++) found.push(at * step);
  return found;
}

function element(name, attributes, text = '') {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

/** @param points [{ iteration, score, best }], by iteration; @param iterations how many are expected, if that is known. */
export function drawChart(svg, points, iterations) {
  const { width, height } = svg.getBoundingClientRect();
  if (width === 0) return;
  const scores = points.flatMap((point) => [point.score, point.best]).filter(Number.isFinite);
  const least = Math.min(...scores);
  const most = Math.max(...scores);
  const padding = (most - least) * 0.1 || Math.abs(most) * 0.1 || 1;
  const [low, high] = scores.length ? [least - padding, most + padding] : [0, 1];
  const last = Math.max(points.at(-1)?.iteration ?? 1, iterations ?? 1, 2);
  const x = (iteration) => (margin.left + (iteration / last) * (width - margin.left - margin.right)).toFixed(1);
  const y = (score) => (margin.top + ((high - score) / (high - low)) * (height - margin.top - margin.bottom)).toFixed(1);

  const drawn = [];
  for (const score of ticks(low, high, 5)) {
    drawn.push(element('path', { class: 'grid', d: `M${x(0)},${y(score)}H${x(last)}` }));
    drawn.push(element('text', { class: 'y', x: margin.left - 8, y: y(score) }, String(+score.toPrecision(6))));
  }
  for (const iteration of ticks(0, last, width / 90).filter(Number.isInteger)) {
    drawn.push(element('text', { class: 'x', x: x(iteration), y: height - 6 }, String(iteration)));
  }

  const best = points.filter((point) => Number.isFinite(point.best));
  if (best.length > 0) {
    const steps = best.map((point, i) => (i === 0 ? `M${x(point.iteration)},${y(point.best)}` : `H${x(point.iteration)}V${y(point.best)}`));
    const line = steps.join('');
    drawn.push(element('path', { class: 'area', d: `${line}V${y(low)}H${x(best[0].iteration)}Z` }));
    drawn.push(element('path', { class: 'best', d: line }));
  }
  const dots = points.filter((point) => Number.isFinite(point.score)).map((point) => `M${x(point.iteration)},${y(point.score)}h0`);
  drawn.push(element('path', { class: 'score', d: dots.join('') }));
  svg.replaceChildren(...drawn);
}
