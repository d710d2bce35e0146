import type { ArtifactsConfig } from '../../config/artifacts.js';
import type { WireConfig } from '../../config/config.js';
import type { TreeShape } from '../../contract/tree-shape.js';
import { ARTIFACTS_SHAPE } from '../../store/artifacts/shape.js';
import { RUNS_SHAPE, VIEWED_RUNS_SHAPE } from '../../store/runs/shape.js';

/** Which store an owner is made over, as plain data: it may be made in another thread. */
export type StoreChoice =
  | { readonly kind: 'runs' | 'viewedRuns'; readonly config: WireConfig }
  | { readonly kind: 'artifacts'; readonly config: WireConfig; readonly artifacts: ArtifactsConfig };

/** Known before the store is made, and where it isn't made. */
export const SHAPES: Readonly<Record<StoreChoice['kind'], TreeShape>> = {
  runs: RUNS_SHAPE,
  viewedRuns: VIEWED_RUNS_SHAPE,
  artifacts: ARTIFACTS_SHAPE,
};

/** What cleans the cache of a store; loaded by who does that alone. */
export const loadCacheTools = () => import('../../store/artifacts/cache/eviction.js');
