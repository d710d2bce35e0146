/**
 * Runs random programs against a run, a draft and a disk for as long as wanted, and tells the seed of each round, so that
 * a difference can be found again with `--seed`:
 *
 *     node scripts/differential.mjs [--minutes 60] [--seed 1]
 *
 * The package must be built.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1e9) },
  },
});
const end = Date.now() + Number(values.minutes) * 60_000;
const PER_ROUND = '10000';
for (let seed = Number(values.seed); Date.now() < end; seed++) {
  process.stdout.write(`${PER_ROUND} operations in runs, half as many in drafts, seed ${seed}\n`);
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/jest/bin/jest.js', '__tests__/differential'],
    {
      stdio: 'inherit',
      env: { ...process.env, WANDB_FS_DIFFERENTIAL: PER_ROUND, WANDB_FS_SEED: String(seed) },
    },
  );
  if (status !== 0) process.exit(status ?? 1);
}
