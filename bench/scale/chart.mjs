const WIDTH = 760;
const PANEL = 190;
const LEFT = 56;
const TOP = 44;
const BOTTOM = 26;
const COLORS = { inStep: '#9aa3af', spread: '#2563eb' };

/** Requests in each second, in step and by chance, one picture above the other. */
export function chartOf(panels) {
  const height = panels.length * PANEL + 30;
  const parts = panels.map((panel, index) => panelOf(panel, index * PANEL));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="Requests in a second of a thousand instances, with and without chance">
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
${parts.join('\n')}
${legend(height - 14)}
</svg>
`;
}

function panelOf({ title, inStep, spread }, y) {
  const most = niceAbove(Math.max(...inStep, ...spread));
  const bottom = y + PANEL - BOTTOM;
  const xOf = (second) => LEFT + (second / inStep.length) * (WIDTH - LEFT - 16);
  const yOf = (count) => bottom - (count / most) * (PANEL - TOP - BOTTOM);
  const line = (counts, color, width) =>
    `<polyline fill="none" stroke="${color}" stroke-width="${width}" points="${counts
      .map((count, second) => `${xOf(second).toFixed(1)},${yOf(count).toFixed(1)}`)
      .join(' ')}"/>`;
  const grid = [0, most / 2, most].map(
    (count) =>
      `<line x1="${LEFT}" x2="${WIDTH - 16}" y1="${yOf(count)}" y2="${yOf(count)}" stroke="#e5e7eb"/>` +
      `<text x="${LEFT - 8}" y="${yOf(count) + 4}" text-anchor="end" fill="#6b7280">${count.toLocaleString('en')}</text>`,
  );
  const seconds = Array.from({ length: 6 }, (_, index) => Math.round((inStep.length * index) / 5));
  const times = seconds.map(
    (second) =>
      `<text x="${xOf(second)}" y="${bottom + 16}" text-anchor="middle" fill="#6b7280">${second} s</text>`,
  );
  return [
    `<text x="${LEFT}" y="${y + 26}" fill="#111827" font-weight="600">${title}</text>`,
    ...grid,
    ...times,
    line(inStep, COLORS.inStep, 1.2),
    line(spread, COLORS.spread, 1.8),
  ].join('\n');
}

const legend = (y) =>
  [
    ['inStep', 'nothing is left to chance', LEFT],
    ['spread', 'as it is', LEFT + 190],
  ]
    .map(
      ([color, text, x]) =>
        `<line x1="${x}" x2="${x + 22}" y1="${y - 4}" y2="${y - 4}" stroke="${COLORS[color]}" stroke-width="2"/>` +
        `<text x="${x + 28}" y="${y}" fill="#374151">${text}</text>`,
    )
    .join('\n') +
  `<text x="${WIDTH - 16}" y="${y}" text-anchor="end" fill="#6b7280">requests in a second</text>`;

/** One, two or five of a power of ten. */
function niceAbove(count) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, count)));
  return [1, 2, 5, 10].map((step) => step * power).find((nice) => nice >= count);
}
