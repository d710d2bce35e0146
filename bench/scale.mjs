/**
 * What many instances of this package do to one server: simulated with the parts that the package is made of (its retries, its
 * outages, its limits, its ages of answers), in time that passes only in the simulation. Beside each stands the same with nothing
 * left to chance. Prints a table; `docs/scale.md` says what it means.
 *
 *     npm run build && node bench/scale.mjs [--instances 1000] [--only outage] [--write]
 *
 * `--write` draws `docs/scale.svg`.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chartOf } from './scale/chart.mjs';
import { Fleet } from './scale/fleet.mjs';
import { SCENARIOS } from './scale/scenarios.mjs';

const { values } = parseArgs({
  options: {
    instances: { type: 'string', default: '1000' },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});

const sum = (numbers) => numbers.reduce((total, number) => total + (number ?? 0), 0);

async function simulate(scenario, isInStep) {
  const { server, seconds, later, work, instances = Number(values.instances) } = scenario;
  const fleet = new Fleet({ instances, isInStep, ...server });
  await fleet.run(seconds * 1000, (instance) => work(fleet, instance));
  const { answered, limited, refused } = fleet.server;
  const perSecond = Array.from({ length: seconds }, (_, second) =>
    sum([answered[second], limited[second], refused[second]]),
  );
  const done = fleet.instances.map((instance) => instance.done);
  return {
    perSecond,
    row: {
      'most in a second': Math.max(...perSecond),
      'most later': Math.max(...perSecond.slice(...later)),
      answered: sum(answered),
      'turned down': sum(limited),
      refused: sum(refused),
      'calls that failed': sum(fleet.instances.map((instance) => instance.failed)),
      'done by one': `${Math.min(...done)} to ${Math.max(...done)}`,
      // Behind it less than a thousandth is asked in a second.
      'seconds to the end': perSecond.findLastIndex((count) => count > sum(perSecond) / 1000) + 1,
    },
  };
}

const panels = [];
const table = {};
for (const scenario of SCENARIOS.filter(({ name }) => !values.only || name === values.only)) {
  const inStep = await simulate(scenario, true);
  const spread = await simulate(scenario, false);
  table[`${scenario.name}, in step`] = inStep.row;
  table[`${scenario.name}, by chance`] = spread.row;
  if (!scenario.instances)
    panels.push({ title: scenario.title, inStep: inStep.perSecond, spread: spread.perSecond });
}
process.stdout.write(markdown(table));
if (values.write) writeFileSync(new URL('../docs/scale.svg', import.meta.url), chartOf(panels));

function markdown(rows) {
  const [first] = Object.values(rows);
  const columns = Object.keys(first);
  const line = (cells) => `| ${cells.join(' | ')} |\n`;
  const body = Object.entries(rows).map(([name, row]) =>
    line([
      name,
      ...columns.map((column) =>
        typeof row[column] === 'number' ? row[column].toLocaleString('en') : row[column],
      ),
    ]),
  );
  return line(['', ...columns]) + line(['---', ...columns.map(() => '---')]) + body.join('');
}
