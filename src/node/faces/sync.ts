import { existsSync } from '../composites/attributes.js';
import { close, truncate } from '../composites/files/descriptors.js';
import { openAsBlob } from '../composites/files/open-as-blob.js';
import { readFile } from '../composites/files/read-file.js';
import { readSync, readv, writeSync, writev } from '../composites/files/transfer.js';
import { appendFile, writeFile } from '../composites/files/write-file.js';
import { realpath, realpathNative } from '../composites/names.js';
import { rmSync } from '../composites/remove.js';
import * as stats from '../composites/stat.js';
import { mkdtempDisposableSync } from '../composites/temporary.js';
import type { Tree } from '../tree.js';
import { CALLS, CALLS_BUT_OF_PROMISES } from './calls.js';
import { type Call, facesOf, syncOf } from './face.js';

interface Called {
  readonly call: Call<unknown>;
}

const inSync = <Name extends string>(calls: Readonly<Record<Name, Called>>) =>
  Object.fromEntries(Object.entries<Called>(calls).map(([name, call]) => [`${name}Sync`, call])) as Readonly<
    Record<`${Name}Sync`, Called>
  >;

const SYNC_CALLS = {
  ...inSync(CALLS),
  ...inSync(CALLS_BUT_OF_PROMISES),
  appendFileSync: { call: appendFile },
  closeSync: { call: close },
  existsSync: { call: existsSync },
  fstatSync: { call: stats.fstat },
  lstatSync: { call: stats.lstatSync },
  openAsBlobSync: { call: openAsBlob },
  readFileSync: { call: readFile },
  readSync: { call: readSync },
  readvSync: { call: readv },
  rmSync: { call: rmSync },
  statSync: { call: stats.statSync },
  truncateSync: { call: truncate },
  writeFileSync: { call: writeFile },
  writeSync: { call: writeSync },
  writevSync: { call: writev },
};

/** The members of `node:fs` that return. What isn't in memory blocks the thread until the owner of the remote has it. */
export const syncFace = (tree: Tree) => ({
  ...facesOf(SYNC_CALLS, (name, { call }) => syncOf(tree, name, call)),
  mkdtempDisposableSync: (prefix: unknown, options?: unknown) => mkdtempDisposableSync(tree, prefix, options),
  realpathSync: Object.assign(syncOf(tree, 'realpathSync', realpath), {
    native: syncOf(tree, '', realpathNative),
  }),
});
