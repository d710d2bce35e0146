import { theGlobal } from './realm.js';

/**
 * The undici that is loaded first puts its agent under the process's `fetch`: Node's own, which its Headers bring. A sandbox
 * of tests, such as jsdom's, may have none of them. What the ESM build takes of undici does no such thing, and goes without
 * (`scripts/bundle-esm.mjs`).
 */
if (typeof theGlobal.Headers === 'function') void new theGlobal.Headers();
