import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../helpers/directories.js';
import { packageRoot, runWell } from '../helpers/processes.js';

jest.setTimeout(300_000);

test('the benchmarks beside the SDK and wandbfsspec run, each with a moment of work', async () => {
  const out = join(await makeDirectory(), 'results.json');
  await runWell(process.execPath, ['bench/run.mjs', '--size', 'tiny', '--needs', 'python', '--out', out], {
    cwd: packageRoot,
    env: { WANDB_PYTHON: process.env.WANDB_PYTHON ?? '' },
    timeout: 280_000,
  });
  const { rows }: { rows: { name: string; ratio?: number }[] } = JSON.parse(await readFile(out, 'utf8'));
  expect(rows.length).toBeGreaterThan(1);
  expect(rows.filter(({ ratio }) => !Number.isFinite(ratio))).toEqual([]);
});
