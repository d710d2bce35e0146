/**
 * Measures the rows of bench/rows and writes bench/results.json, docs/benchmarks.svg and the table of docs/benchmarks.md:
 *
 *     npm run bench                     three pairs a row, some rows smaller: under five minutes on a quiet machine
 *     npm run bench:full                five pairs a row and whole sizes
 *     npm run bench -- --only modules   the rows of files, or with names, that have this in them
 *
 *     --size full|quick|tiny   --pairs 5   --needs python (those rows alone)
 *     --out FILE.json          the results and the chart beside them go there, and the page stays as it is
 *
 * Some rows alone are told, and written only where `--out` says.
 *
 * `tiny` measures all in one process, without latency: whether they work. The package must be built. `WANDB_PYTHON` names an
 * interpreter that has the official SDK and wandbfsspec; without it, and without `curl`, the rows that need them are told as not
 * measured.
 */
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chartOf } from './chart.mjs';
import { writePage } from './page.mjs';
import { machine, resultOf, tableLine } from './results.mjs';
import { Together } from './together.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'quick' },
    pairs: { type: 'string' },
    only: { type: 'string', default: '' },
    needs: { type: 'string' },
    out: { type: 'string' },
  },
});
const PAIRS = { full: 5, quick: 3, tiny: 1 };
if (!(values.size in PAIRS)) throw new Error(`--size is one of ${Object.keys(PAIRS).join(', ')}.`);
const how = { sizeName: values.size, pairs: Number(values.pairs ?? PAIRS[values.size]) };

const has = {
  curl: spawnSync('curl', ['--version']).status === 0,
  python: Boolean(process.env.WANDB_PYTHON),
};

async function measureInProcess(module, row) {
  const child = fork(here('row-process.mjs'), [module, row.name, how.sizeName, String(how.pairs)], {
    execArgv: ['--expose-gc'],
  });
  let result = null;
  child.on('message', (message) => {
    result = message;
  });
  // A message may come behind the exit, never behind the end of its channel.
  const [[code, signal]] = await Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
  return result ?? { failed: `its process ended with ${signal ?? code}` };
}

const together = values.size === 'tiny' ? new Together() : null;

function measure(module, row) {
  const lacks = (row.needs ?? []).filter((need) => !has[need]);
  if (lacks.length > 0) return { skipped: `needs ${lacks.join(' and ')}` };
  return together ? together.measure(row, how) : measureInProcess(module, row);
}

const isWanted = (module, { name, needs = [] }) =>
  `${module} ${name}`.includes(values.only) && (values.needs === undefined || needs.includes(values.needs));

const seconds = (since) => Math.round((performance.now() - since) / 100) / 10;
const results = [];
const began = performance.now();
/** What the machine did before anything was measured. */
const load = Math.round(loadavg()[0] * 10) / 10;
try {
  for (const module of readdirSync(here('rows')).filter((name) => name.endsWith('.mjs'))) {
    // What rows share lies beside them.
    const { rows = [] } = await import(`./rows/${module}`);
    for (const row of rows.filter((one) => isWanted(module, one))) {
      const start = performance.now();
      const result = resultOf(row, await measure(module, row));
      results.push({ ...result, module, seconds: seconds(start) });
      process.stdout.write(`${tableLine(result)}\n`);
    }
  }
} finally {
  await together?.end();
}
if (results.length === 0) throw new Error('No row is so.');
const isWhole = values.only === '' && values.needs === undefined && values.size !== 'tiny';
const out = values.out ?? (isWhole ? here('results.json') : null);
if (out) {
  const report = {
    machine: machine(),
    load,
    size: how.sizeName,
    pairs: how.pairs,
    seconds: seconds(began),
    rows: results,
  };
  writeFileSync(out, `${JSON.stringify(report, null, 1)}\n`);
  const chart = values.out ? out.replace(/(\.json)?$/, '.svg') : here('../docs/benchmarks.svg');
  writeFileSync(chart, chartOf(report));
  if (!values.out) writePage(here('../docs/benchmarks.md'), report);
}
if (results.some(({ failed }) => failed)) process.exitCode = 1;
