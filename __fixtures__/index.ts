import { fileURLToPath } from 'node:url';

export { awkwardFiles, awkwardNames } from './awkward-names.js';

/** A realistic world as plain files, `<entity>/<project>/<run>/<file…>`: for `startFakeWandb({ world })`. */
export const worldDirectory = fileURLToPath(new URL('./world', import.meta.url));
