import type { MemoryStoreOptions } from '../store/memory.js';

/** Which store an owner is made over, as plain data: it may be made in another thread. */
export type StoreChoice = { readonly kind: 'memory'; readonly options: MemoryStoreOptions };

const UNIT_DEPTH = 3;

/** Known before the store is made. */
export const unitDepthOf = ({ options }: StoreChoice): number => options.unitDepth ?? UNIT_DEPTH;
