import nodeFs from 'node:fs';
import * as attributes from '../composites/attributes.js';
import { copyFile } from '../composites/copy-file.js';
import { cp } from '../composites/cp.js';
import { mkdir } from '../composites/directories.js';
import { open, truncateAt } from '../composites/files/descriptors.js';
import { readFileAt } from '../composites/files/read-file.js';
import { appendFileAt, writeFileAt } from '../composites/files/write-file.js';
import { globEach } from '../composites/glob.js';
import { opendir, readdirAt } from '../composites/listing.js';
import * as names from '../composites/names.js';
import * as removal from '../composites/remove.js';
import * as stats from '../composites/stat.js';
import { mkdtemp, mkdtempDisposable } from '../composites/temporary.js';
import { FileHandle } from '../handle/file-handle.js';
import type { StreamMakers } from '../streams/streams.js';
import type { Tree } from '../tree.js';
import { watchEach } from '../watching/watch-each.js';
import { type AsyncCall, named, promiseOf } from './face.js';

/** `fs.promises`: rejects whatever goes wrong, refused arguments included. */
export function promisesFace(tree: Tree, streams: StreamMakers) {
  const of = <T>(call: AsyncCall<T>) => promiseOf(tree, call);
  const openFd = of(open);
  const readPath = of(readFileAt);
  const writePath = of(writeFileAt);
  const appendToPath = of(appendFileAt);

  return named({
    access: of(attributes.access),
    appendFile: (target: unknown, data: unknown, options?: unknown): Promise<void> =>
      target instanceof FileHandle ? target.appendFile(data, options) : appendToPath(target, data, options),
    chmod: of(attributes.chmod),
    chown: of(attributes.chown),
    constants: nodeFs.constants,
    copyFile: of(copyFile),
    cp: of(cp),
    glob: (pattern: unknown, options?: unknown) => globEach(tree, pattern, options),
    lchmod: of(attributes.lchmod),
    lchown: of(attributes.lchown),
    link: of(names.link),
    lstat: of(stats.lstatAt),
    lutimes: of(attributes.lutimes),
    mkdir: of(mkdir),
    mkdtemp: of(mkdtemp),
    mkdtempDisposable: (prefix: unknown, options?: unknown) => mkdtempDisposable(tree, prefix, options),
    open: async (path: unknown, flags?: unknown, mode?: unknown): Promise<FileHandle> =>
      new FileHandle(tree, await openFd(path, flags, mode), streams),
    opendir: of(opendir),
    readdir: of(readdirAt),
    readFile: (target: unknown, options?: unknown): Promise<string | Buffer> =>
      target instanceof FileHandle ? target.readFile(options) : readPath(target, options),
    readlink: of(names.readlink),
    realpath: of(names.realpathNative),
    rename: of(names.rename),
    rm: of(removal.rm),
    rmdir: of(removal.rmdir),
    statfs: of(stats.statfs),
    stat: of(stats.statAt),
    symlink: of(names.symlink),
    truncate: of(truncateAt),
    unlink: of(removal.unlink),
    utimes: of(attributes.utimes),
    watch: (filename: unknown, options?: unknown) => watchEach(tree, filename, options),
    writeFile: (target: unknown, data: unknown, options?: unknown): Promise<void> =>
      target instanceof FileHandle ? target.writeFile(data, options) : writePath(target, data, options),
  });
}
