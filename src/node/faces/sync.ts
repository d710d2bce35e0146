import * as attributes from '../composites/attributes.js';
import { copyFile } from '../composites/copy-file.js';
import { cp } from '../composites/cp.js';
import { mkdir } from '../composites/directories.js';
import * as descriptors from '../composites/files/descriptors.js';
import { openAsBlob } from '../composites/files/open-as-blob.js';
import { readFile } from '../composites/files/read-file.js';
import { readSync, readv, writeSync, writev } from '../composites/files/transfer.js';
import { appendFile, writeFile } from '../composites/files/write-file.js';
import { glob } from '../composites/glob.js';
import { opendir, readdir } from '../composites/listing.js';
import * as names from '../composites/names.js';
import * as removal from '../composites/remove.js';
import * as stats from '../composites/stat.js';
import { mkdtemp, mkdtempDisposableSync } from '../composites/temporary.js';
import type { Tree } from '../tree.js';
import { type Call, named, syncOf } from './face.js';

/** The members of `node:fs` that return. What isn't in memory blocks the thread until the owner of the remote has it. */
export function syncFace(tree: Tree) {
  const of = <T>(call: Call<T>) => syncOf(tree, call);
  return named({
    accessSync: of(attributes.access),
    appendFileSync: of(appendFile),
    chmodSync: of(attributes.chmod),
    chownSync: of(attributes.chown),
    closeSync: of(descriptors.close),
    copyFileSync: of(copyFile),
    cpSync: of(cp),
    existsSync: of(attributes.exists),
    fchmodSync: of(attributes.fchmod),
    fchownSync: of(attributes.fchown),
    fdatasyncSync: of(descriptors.fdatasync),
    fstatSync: of(stats.fstat),
    fsyncSync: of(descriptors.fsync),
    ftruncateSync: of(descriptors.ftruncate),
    futimesSync: of(attributes.futimes),
    globSync: of(glob),
    lchmodSync: of(attributes.lchmod),
    lchownSync: of(attributes.lchown),
    linkSync: of(names.link),
    lstatSync: of(stats.lstatSync),
    lutimesSync: of(attributes.lutimes),
    mkdirSync: of(mkdir),
    mkdtempDisposableSync: (prefix: unknown, options?: unknown) =>
      mkdtempDisposableSync(tree, prefix, options),
    mkdtempSync: of(mkdtemp),
    openAsBlobSync: of(openAsBlob),
    openSync: of(descriptors.open),
    opendirSync: of(opendir),
    readdirSync: of(readdir),
    readFileSync: of(readFile),
    readlinkSync: of(names.readlink),
    readSync: of(readSync),
    readvSync: of(readv),
    realpathSync: Object.assign(of(names.realpath), { native: of(names.realpathNative) }),
    renameSync: of(names.rename),
    rmdirSync: of(removal.rmdir),
    rmSync: of(removal.rmSync),
    statfsSync: of(stats.statfs),
    statSync: of(stats.statSync),
    symlinkSync: of(names.symlink),
    truncateSync: of(descriptors.truncate),
    unlinkSync: of(removal.unlink),
    utimesSync: of(attributes.utimes),
    writeFileSync: of(writeFile),
    writeSync: of(writeSync),
    writevSync: of(writev),
  });
}
