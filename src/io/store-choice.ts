import type { WireConfig } from '../config/config.js';
import type { MemoryStoreOptions } from '../store/memory.js';

/** Which store an owner is made over, as plain data: it may be made in another thread. */
export type StoreChoice =
  | { readonly kind: 'runs'; readonly config: WireConfig }
  | { readonly kind: 'memory'; readonly options: MemoryStoreOptions };

/** Entity, project, run. */
const UNIT_DEPTH = 3;

/** Known before the store is made. */
export const unitDepthOf = (choice: StoreChoice): number =>
  (choice.kind === 'memory' ? choice.options.unitDepth : undefined) ?? UNIT_DEPTH;
