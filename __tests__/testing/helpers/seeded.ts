import { type FakeWandb, type SeedTree, startFakeWandb } from '../../../src/testing/index.js';
import { begun } from '../../helpers/begun.js';

/**
 * A server for each test of the `describe` that this is called in, with these runs; before a test nothing may be asked of it.
 */
export function useSeeded(runs: SeedTree): FakeWandb {
  let wandb: FakeWandb | null = null;
  beforeEach(async () => {
    wandb = await startFakeWandb();
    await wandb.seed(runs);
  });
  afterEach(() => wandb?.close());
  return begun(() => wandb);
}
