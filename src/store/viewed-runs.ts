import type { WireConfig } from '../config/config.js';
import type { Store } from '../contract/store.js';
import type { WireDependencies } from '../wire/api/api.js';
import { WireClient } from '../wire/api/client.js';
import { RunsContext } from './runs/tree.js';
import { withViews } from './runs/views/with-views.js';
import { runsStoreOf } from './runs.js';

/**
 * W&B's run files, and in each run a directory `.wandb` of what W&B knows of it and has no file of.
 *
 * @param dependencies as of `createRunsStore`
 */
export function createViewedRunsStore(config: WireConfig, dependencies: WireDependencies = {}): Store {
  const context = new RunsContext(new WireClient(config, dependencies));
  return withViews(runsStoreOf(context), context);
}
