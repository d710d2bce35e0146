import type { ArtifactsConfig } from '../../config/artifacts.js';
import type { WireConfig } from '../../config/config.js';
import { PARTIAL_DEPTH } from '../../store/common/upper-levels.js';
import type { MemoryStoreOptions } from '../../store/memory.js';

/** Which store an owner is made over, as plain data: it may be made in another thread. */
export type StoreChoice =
  | { readonly kind: 'runs'; readonly config: WireConfig }
  | { readonly kind: 'artifacts'; readonly config: WireConfig; readonly artifacts: ArtifactsConfig }
  | { readonly kind: 'memory'; readonly options: MemoryStoreOptions };

/** Entity, project, run; entity, project, type, collection, version. */
const UNIT_DEPTHS = { runs: 3, artifacts: 5, memory: 3 } as const;

/** Known before the store is made. */
export const unitDepthOf = (choice: StoreChoice): number =>
  (choice.kind === 'memory' ? choice.options.unitDepth : undefined) ?? UNIT_DEPTHS[choice.kind];

export const partialDepthOf = ({ kind }: StoreChoice): number => (kind === 'memory' ? 0 : PARTIAL_DEPTH);

export const hasVersions = ({ kind }: StoreChoice): boolean => kind === 'artifacts';
