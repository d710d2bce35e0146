import { fileURLToPath } from 'node:url';

export { awkwardFiles, awkwardNames } from './awkward-names.js';

/** A realistic world, recorded: for `startFakeWandb({ world })`. */
export const worldDirectory = fileURLToPath(new URL('./wandb', import.meta.url));
