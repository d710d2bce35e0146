/**
 * Runs the demo and draws what it prints as docs/demo.svg, for README:
 *
 *     npm run demo:picture            # writes it
 *     node scripts/demo-picture.mjs --check FILE # fails where the demo has printed something else, to this file
 *
 * The package must be built.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const PICTURE = 'docs/demo.svg';
const [LINE, COLUMN, MARGIN, BAR] = [19, 7.83, 20, 34];
const ESCAPED = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

const escaped = (text) => text.replaceAll(/[&<>]/g, (sign) => ESCAPED[sign]);

/** A step's line is what was done and, behind two spaces at least, the requests that it cost. */
function drawn(line, index) {
  const y = BAR + MARGIN + index * LINE;
  const [, what = line, gap = '', cost = ''] = /^( {2}\S.*?)( {2,})(\S.*)$/.exec(line) ?? [];
  const kind = index === 0 ? 'command' : line.startsWith('  ') ? 'step' : 'title';
  const text = (x, className, shown) =>
    `<text x="${x.toFixed(1)}" y="${y}" class="${className}">${escaped(shown)}</text>`;
  const left = text(MARGIN, kind, what);
  if (cost === '') return left;
  return `${left}${text(MARGIN + (what.length + gap.length) * COLUMN, cost === 'none' ? 'none' : 'cost', cost)}`;
}

function picture(output) {
  const lines = ['$ npx wandb-fs demo', ...output.trimEnd().split('\n')];
  const width = Math.ceil(Math.max(...lines.map((line) => line.length)) * COLUMN + 2 * MARGIN);
  const height = BAR + 2 * MARGIN + (lines.length - 1) * LINE;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="The demo of wandb-fs: each step with the requests that it cost">
<style>text{font:13px ui-monospace,Menlo,Consolas,monospace;white-space:pre;fill:#c9d1d9}.command{fill:#fff;font-weight:bold}.title{fill:#ffcc33}.cost{fill:#79c0ff}.none{fill:#7ee787}</style>
<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>
<circle cx="20" cy="17" r="5" fill="#ff5f56"/><circle cx="38" cy="17" r="5" fill="#ffbd2e"/><circle cx="56" cy="17" r="5" fill="#27c93f"/>
${lines.map(drawn).join('\n')}
</svg>
`;
}

const { values } = parseArgs({ options: { check: { type: 'string' } } });
if (values.check === undefined) {
  const demo = ['dist/esm/cli/main.js', 'demo'];
  const output = execFileSync(process.execPath, demo, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  writeFileSync(PICTURE, picture(output));
} else if (readFileSync(PICTURE, 'utf8') !== picture(readFileSync(values.check, 'utf8'))) {
  console.error(`${PICTURE} isn't what the demo prints: run \`npm run demo:picture\`.`);
  process.exitCode = 1;
}
