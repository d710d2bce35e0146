import type { ArtifactsConfig } from '../../config/artifacts.js';
import type { WireConfig } from '../../config/config.js';
import type { TreeShape } from '../../contract/tree-shape.js';
import { ARTIFACTS_SHAPE } from '../../store/artifacts/shape.js';
import { RUNS_SHAPE, VIEWED_RUNS_SHAPE } from '../../store/runs/shape.js';

export { VIEWED_RUNS_SHAPE };

/** Which store an owner is made over, as plain data: it may be made in another thread. */
export type StoreChoice =
  | { readonly kind: 'runs'; readonly config: WireConfig }
  | { readonly kind: 'artifacts'; readonly config: WireConfig; readonly artifacts: ArtifactsConfig };

/** Of their kind, whatever was configured. */
export const SHAPES: Readonly<Record<StoreChoice['kind'], TreeShape>> = {
  runs: RUNS_SHAPE,
  artifacts: ARTIFACTS_SHAPE,
};

/** The shape of the tree that a store is chosen for: what each of its kind has, and what was configured. */
export const shapeOf = ({ kind, config }: StoreChoice): TreeShape =>
  kind === 'runs' && config.views ? VIEWED_RUNS_SHAPE : SHAPES[kind];

/** What cleans the cache of a store; loaded by who does that alone. */
export const loadCacheTools = () => import('../../store/artifacts/cache/eviction.js');
