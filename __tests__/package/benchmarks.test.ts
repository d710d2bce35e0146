import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../helpers/directories.js';
import { packageRoot, runWell } from '../helpers/processes.js';

jest.setTimeout(300_000);

interface Result {
  readonly name: string;
  readonly title: string;
  readonly aim: number;
  readonly of: string;
  readonly most: Readonly<Record<string, number>>;
  readonly ours?: Readonly<Record<string, number>>;
  readonly peer?: Readonly<Record<string, number>>;
  readonly ratio?: number;
  readonly skipped?: string;
}

/** Nothing is collected between samples, of which no time is looked at: with what is collected goes all that was compiled. */
const bench = (program: string, ...args: string[]): Promise<string> =>
  runWell(process.execPath, [join('bench', program), '--size', 'tiny', ...args], {
    cwd: packageRoot,
    timeout: 280_000,
  });

/** Of no row: how long it takes is for who runs the benchmarks. */
const NEEDED: readonly (string | undefined)[] = [
  undefined,
  'needs curl',
  'needs python',
  'needs curl and python',
];

describe('the benchmarks run, each row with a moment of work', () => {
  let rows: readonly Result[];
  let chart: string;
  beforeAll(async () => {
    const out = join(await makeDirectory(), 'results.json');
    await bench('run.mjs', '--out', out);
    ({ rows } = JSON.parse(await readFile(out, 'utf8')));
    chart = await readFile(out.replace('.json', '.svg'), 'utf8');
  });

  test('each row is measured, or tells what it lacks', () => {
    expect(rows.length).toBeGreaterThan(10);
    for (const { name, of, most, ours = {}, peer = {}, ratio, skipped } of rows) {
      expect([name, NEEDED]).toEqual([name, expect.arrayContaining([skipped])]);
      if (skipped !== undefined) continue;
      const numbers = [ratio, ours[of], peer[of], ...Object.keys(most).map((key) => ours[key])];
      expect([name, numbers.filter((number) => !Number.isFinite(number))]).toEqual([name, []]);
    }
  });

  test('no two rows have one name', () => {
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  });

  test('the chart has a bar for each that was measured', () => {
    expect(chart).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    expect(chart.match(/<rect /g)).toHaveLength(rows.filter(({ ratio }) => ratio !== undefined).length);
  });

  test('docs/benchmarks.md explains each row', async () => {
    const page = await readFile(join(packageRoot, 'docs/benchmarks.md'), 'utf8');
    expect(rows.map(({ name }) => name).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});

test('growth is measured', async () => {
  const out = join(await makeDirectory(), 'growth.json');
  await bench('growth.mjs', '--only', 'flushing', '--out', out);
  const { results } = JSON.parse(await readFile(out, 'utf8'));
  expect(results).toMatchObject([
    {
      subject: 'flushing',
      samples: [{ count: 20 }, { count: 200, growth: { requests: expect.any(Number) } }],
    },
  ]);
});
