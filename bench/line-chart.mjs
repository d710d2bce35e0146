/** Lines over time, in seconds, with levels that they are held against. Readable on light and on dark. */

const WIDTH = 860;
const HEIGHT = 320;
const LEFT = 60;
const RIGHT = 20;
const TOP = 56;
const BOTTOM = 40;
/** From what one line is called to the next. */
const KEY = 240;
/** More points than this can't be told apart. */
const MOST_POINTS = 800;

const escaped = (text) =>
  text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign]);

/** The greatest of each stretch: a line of bounds must not leave out what was above them. */
function thinned(points) {
  const stretch = Math.ceil(points.length / MOST_POINTS);
  const kept = [];
  for (let at = 0; at < points.length; at += stretch) {
    const some = points.slice(at, at + stretch);
    kept.push(some.reduce((top, point) => (point[1] > top[1] ? point : top)));
  }
  return kept;
}

/** A round number of about a fifth of the whole. */
function stepOf(whole) {
  const magnitude = 10 ** Math.floor(Math.log10(whole / 5));
  return [1, 2, 5, 10].map((factor) => factor * magnitude).find((step) => whole / step <= 6);
}

const steps = (whole) => {
  const step = stepOf(whole);
  return Array.from({ length: Math.floor(whole / step) + 1 }, (_, at) => at * step);
};

/**
 * @param {{ title: string, unit: string, lines: { name: string, points: [number, number][] }[],
 *   levels?: { name: string, value: number }[] }} chart
 */
export function lineChartOf({ title, unit, lines, levels = [] }) {
  const points = lines.flatMap((line) => line.points);
  const end = Math.max(...points.map(([x]) => x), 1);
  const top = 1.1 * Math.max(...points.map(([, y]) => y), ...levels.map(({ value }) => value), 1);
  const x = (value) => (LEFT + (value / end) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (value) => (HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const path = (line) =>
    thinned(line.points)
      .map((point) => `${x(point[0])},${y(point[1])}`)
      .join(' ');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escaped(title)}">
<style>
  text { font: 12px system-ui, sans-serif; fill: #24292f; }
  .head { font-weight: 600; }
  .small { font-size: 11px; fill: #57606a; }
  .grid { stroke: #d0d7de; }
  .level { stroke: #57606a; stroke-dasharray: 4 4; }
  .line-0 { stroke: #2da44e; }
  .line-1 { stroke: #d4752c; }
  .line-2 { stroke: #8250df; }
  polyline, .key { fill: none; stroke-width: 1.5; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .small { fill: #9198a1; }
    .grid { stroke: #3d444d; }
    .level { stroke: #9198a1; }
    .line-0 { stroke: #3fb950; }
    .line-1 { stroke: #e3904a; }
    .line-2 { stroke: #ab7df8; }
  }
</style>
<text class="head" x="10" y="20">${escaped(title)}</text>
${lines
  .map(({ name }, at) => {
    const start = LEFT + at * KEY;
    return `<line class="key line-${at}" x1="${start}" x2="${start + 18}" y1="36" y2="36"/><text class="small" x="${start + 24}" y="40">${escaped(name)}</text>`;
  })
  .join('\n')}
${steps(top)
  .map(
    (value) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}"/><text class="small" x="${LEFT - 8}" y="${Number(y(value)) + 4}" text-anchor="end">${value} ${escaped(unit)}</text>`,
  )
  .join('\n')}
${steps(end)
  .map(
    (value) =>
      `<text class="small" x="${x(value)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${value} s</text>`,
  )
  .join('\n')}
${levels
  .map(
    ({ name, value }) =>
      `<line class="level" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}"/><text class="small" x="${WIDTH - RIGHT - 4}" y="${Number(y(value)) + (value < top / 4 ? 14 : -5)}" text-anchor="end">${escaped(name)}: ${value} ${escaped(unit)}</text>`,
  )
  .join('\n')}
${lines.map((line, at) => `<polyline class="line-${at}" points="${path(line)}"><title>${escaped(line.name)}</title></polyline>`).join('\n')}
</svg>
`;
}
