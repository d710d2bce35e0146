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
import { type Call, facesOf, named, syncOf } from './face.js';

/** The members of `node:fs` that return. What isn't in memory blocks the thread until the owner of the remote has it. */
export function syncFace(tree: Tree) {
  const of = <T>(call: Call<T>) => syncOf(tree, call);
  return named({
    ...facesOf({ ...CALLS, ...CALLS_BUT_OF_PROMISES }, ({ call }) => of(call), 'Sync'),
    appendFileSync: of(appendFile),
    closeSync: of(close),
    existsSync: of(existsSync),
    fstatSync: of(stats.fstat),
    lstatSync: of(stats.lstatSync),
    mkdtempDisposableSync: (prefix: unknown, options?: unknown) =>
      mkdtempDisposableSync(tree, prefix, options),
    openAsBlobSync: of(openAsBlob),
    readFileSync: of(readFile),
    readSync: of(readSync),
    readvSync: of(readv),
    realpathSync: Object.assign(of(realpath), { native: of(realpathNative) }),
    rmSync: of(rmSync),
    statSync: of(stats.statSync),
    truncateSync: of(truncate),
    writeFileSync: of(writeFile),
    writeSync: of(writeSync),
    writevSync: of(writev),
  });
}
