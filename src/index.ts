import type { WandbFs } from './node/create.js';
import { createDefaultFs } from './node/mount.js';

export type { DeletableLevel, Logger, WandbFsOptions } from './config/options.js';
export type { WandbFs } from './node/create.js';
export { createWandbFs } from './node/mount.js';
export { type MountedFs, type MountsControl, mountAll } from './node/mount-all.js';
export type { UploadEvents, WandbControl } from './node/wandb.js';

/** Run files, configured from the environment at the first use. */
export const wandbFs: WandbFs = createDefaultFs();

export default wandbFs;
