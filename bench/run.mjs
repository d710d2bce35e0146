/**
 * Measures the rows of bench/rows and writes bench/results.json and bench/results.svg:
 *
 *     npm run bench                     three pairs a row, some rows smaller: under five minutes on a quiet machine
 *     npm run bench:full                five pairs a row and whole sizes
 *     npm run bench -- --only modules   the rows of files, or with names, that have this in them
 *
 *     --size full|quick|tiny   --pairs 5   --out FILE.json (the chart beside it)   --no-write
 *
 * The package must be built. `WANDB_PYTHON` names an interpreter that has the official SDK and wandbfsspec; without it, and
 * without `curl`, the rows that need them are told as not measured.
 */
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chartOf } from './chart.mjs';
import { machine, resultOf, tableLine } from './results.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'quick' },
    pairs: { type: 'string' },
    only: { type: 'string', default: '' },
    out: { type: 'string', default: here('results.json') },
    write: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const pairs = Number(values.pairs ?? { full: 5, quick: 3, tiny: 1 }[values.size]);

const has = {
  curl: spawnSync('curl', ['--version']).status === 0,
  python: Boolean(process.env.WANDB_PYTHON),
};

async function measure(module, row) {
  const lacks = (row.needs ?? []).filter((need) => !has[need]);
  if (lacks.length > 0) return { skipped: `needs ${lacks.join(' and ')}` };
  const child = fork(here('measure-row.mjs'), [module, row.name, values.size, String(pairs)], {
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

const modules = readdirSync(here('rows')).filter((name) => name.endsWith('.mjs'));
const results = [];
const began = performance.now();
for (const module of modules) {
  const { rows = [] } = await import(`./rows/${module}`);
  for (const row of rows.filter(({ name }) => `${module} ${name}`.includes(values.only))) {
    const start = performance.now();
    const result = resultOf(row, await measure(module, row));
    results.push({ ...result, module, seconds: Math.round((performance.now() - start) / 100) / 10 });
    process.stdout.write(`${tableLine(result)}\n`);
  }
}
const report = {
  machine: machine(),
  size: values.size,
  pairs,
  seconds: Math.round((performance.now() - began) / 1000),
  rows: results,
};
if (values.write) {
  writeFileSync(values.out, `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(values.out.replace(/(\.json)?$/, '.svg'), chartOf(report));
}
if (results.length === 0) throw new Error(`No row has '${values.only}' in its name.`);
if (results.some(({ failed }) => failed)) process.exitCode = 1;
