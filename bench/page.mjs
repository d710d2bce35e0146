import { readFileSync, writeFileSync } from 'node:fs';

const BEGIN = '<!-- results: written by npm run bench:full -->';
const END = '<!-- end of results -->';
const UNITS = { ms: 'ms', cpuMs: 'ms CPU', us: 'µs CPU a call', bytesOut: 'bytes' };

const shown = (number) => (Math.abs(number) >= 1e6 ? `${Math.round(number / 1e5) / 10} M` : `${number}`);

/** What a cell of a table may hold: `curl | md5sum` is no two of them. */
const cell = (text) => text.replaceAll('|', '\\|');

function lineOf({ name, of, aim, most, ours, peer, ratio, spread, met, skipped, failed, ...told }) {
  const [title, against] = [cell(told.title), cell(told.against)];
  if (ratio === undefined)
    return `| \`${name}\` | ${title} | ${against} | | not measured: ${failed ?? skipped} | ≤ ${aim} | |`;
  const limits = Object.entries(most).map(([key, limit]) => `${key} ${shown(ours[key])} (≤ ${shown(limit)})`);
  const figures = `${shown(ours[of])} / ${shown(peer[of])} ${UNITS[of] ?? of}`;
  const found = [`**${ratio}** (${spread.join(' – ')})`, ...limits].join('<br>');
  return `| \`${name}\` | ${title} | ${against} | ${figures} | ${found} | ≤ ${aim} | ${met ? 'yes' : 'no'} |`;
}

function tableOf({ machine, size, pairs, rows, load }) {
  const busy = load > machine.cores / 2 ? `, beside other work (a load of ${load})` : '';
  return [
    "![each row's ratio against its aim](benchmarks.svg)",
    '',
    `Node ${machine.node.slice(1)} on ${machine.cores} cores (${machine.cpu}, ${machine.memoryGb} GB, ${machine.platform})${busy}; size \`${size}\`, ${pairs} pairs a row.`,
    '',
    '| row | work | beside | ours / theirs | ratio | aim | met |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map(lineOf),
  ].join('\n');
}

/** Puts the results into the page, in place of the last ones. */
export function writePage(file, report) {
  const page = readFileSync(file, 'utf8');
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${file} has no place for results, '${BEGIN}'.`);
  writeFileSync(file, `${page.slice(0, begin + BEGIN.length)}\n${tableOf(report)}\n${page.slice(end)}`);
}
