import nodeFs from 'node:fs';

/** What this package does as the running version of Node does it, where versions differ and none of them shows how. */
const major = Number.parseInt(process.versions.node, 10);

/** `rmSync` with `recursive` and `force` takes a path below a file for one that isn't there; other styles don't. */
export const forcesBelowFiles = major >= 24;

/** Open, read and close of a callback's or promise's `readFile` are one step, whose failures tell the path. */
export const readsInOneStep = major >= 26;

/** `rmdir` has no options any more: `recursive` is refused, the others mean nothing. */
export const hasPlainRmdir = major >= 26;

const { F_OK, R_OK, W_OK, X_OK } = nodeFs.constants;

/** The constants that stand beside the calls; from Node 26 on they are in `constants` alone. */
export const accessConstants = whereNodeHasThem({ F_OK, R_OK, W_OK, X_OK });

function whereNodeHasThem<T extends object>(members: T): T {
  const present = Object.entries(members).filter(([name]) => name in nodeFs);
  // Types are those of Node 20, which has them all.
  return Object.fromEntries(present) as T;
}
