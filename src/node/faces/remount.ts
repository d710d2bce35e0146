import type { WandbFs } from './create.js';

/** How an fs object of ours can be seen at another place. Kept beside the objects: tools look at what is on them. */
export interface Mounted {
  /** The absolute, normalised path at which the tree is seen. */
  readonly mountPoint: string;
  /** Another face over the same kernel, with the same caches, fds and uploads. */
  readonly at: (mountPoint: string) => WandbFs;
}

const mounted = new WeakMap<object, Mounted>();

export const rememberMount = (fs: object, how: Mounted): void => {
  mounted.set(fs, how);
};

/** Undefined for objects that this package didn't make, copies of those that it made included. */
export const mountOf = (fs: object): Mounted | undefined => mounted.get(fs);
