/** The results as a picture for README: one bar a row, its ratio against its aim. Readable on light and on dark. */

const LINE = 26;
const WIDTH = 1100;
const LEFT = 400;
const RIGHT = 360;
const TOP = 46;

const escaped = (text) =>
  text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign]);

/** Where a ratio of its aim ends: the aim is in the middle, a tenth of it at the left end, ten times it at the right. */
const position = (share) => {
  const clamped = Math.min(Math.max(share, 0.1), 10);
  return LEFT + ((Math.log10(clamped) + 1) / 2) * (WIDTH - LEFT - RIGHT);
};

function bar({ title, against, ratio, aim, met }, at) {
  const y = TOP + at * LINE;
  const end = position(ratio / aim);
  return [
    `<text class="name" x="${LEFT - 10}" y="${y + 16}" text-anchor="end">${escaped(title)}</text>`,
    `<rect class="${met ? 'met' : 'over'}" x="${LEFT}" y="${y + 4}" width="${(end - LEFT).toFixed(1)}" height="16" rx="2"/>`,
    `<text class="value" x="${(end + 6).toFixed(1)}" y="${y + 16}">${ratio} × ${escaped(against)} (≤ ${aim})</text>`,
  ].join('\n');
}

export function chartOf({ rows, machine }) {
  const measured = rows.filter(({ ratio }) => ratio !== undefined);
  const height = TOP + measured.length * LINE + 34;
  const aim = position(1).toFixed(1);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="What wandb-fs takes, as a multiple of a peer that does the same, against the aim">
<style>
  text { font: 12px system-ui, sans-serif; fill: #24292f; }
  .head { font-weight: 600; }
  .small { font-size: 11px; fill: #57606a; }
  .met { fill: #2da44e; }
  .over { fill: #d4752c; }
  .aim { stroke: #57606a; stroke-dasharray: 3 3; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .small { fill: #9198a1; }
    .met { fill: #3fb950; }
    .over { fill: #e3904a; }
    .aim { stroke: #9198a1; }
  }
</style>
<text class="head" x="10" y="20">Time, memory or bytes as a multiple of a peer that does the same</text>
<text class="small" x="${aim}" y="${TOP - 8}" text-anchor="middle">the aim</text>
<line class="aim" x1="${aim}" x2="${aim}" y1="${TOP - 2}" y2="${height - 28}"/>
${measured.map(bar).join('\n')}
<text class="small" x="10" y="${height - 10}">Node ${machine.node.slice(1)}, ${machine.cores} cores, ${escaped(machine.platform)}; a logarithmic scale: at the left a tenth of the aim, at the right ten times it. docs/benchmarks.md explains each row.</text>
</svg>
`;
}
