/**
 * The undici that is loaded first puts its agent under the process's `fetch`: Node's own, which its Headers bring. What the ESM
 * build takes of undici does no such thing, and goes without (`scripts/bundle-esm.mjs`).
 */
void new Headers();
