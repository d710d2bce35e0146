import { type FakeWandb, type FakeWandbOptions, startFakeWandb } from '../../../src/testing/index.js';

export const RUN = 'lab/project/run';

/** A server for one test, with one file in a run. */
export async function serving(
  options: FakeWandbOptions,
  body: (wandb: FakeWandb) => Promise<void>,
): Promise<void> {
  const wandb = await startFakeWandb(options);
  try {
    await wandb.seed({ [RUN]: { 'old.txt': 'old' } });
    await body(wandb);
  } finally {
    await wandb.close();
  }
}
