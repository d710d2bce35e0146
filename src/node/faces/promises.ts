import { nodeFs } from '../../platform/disk.js';
import { mkdirAt } from '../composites/directories.js';
import { open, truncateAt } from '../composites/files/descriptors.js';
import { readFileAt } from '../composites/files/read-file.js';
import { appendFileAt, writeFileAt } from '../composites/files/write-file.js';
import { globEach } from '../composites/glob.js';
import { readdirAt } from '../composites/listing.js';
import { realpathNative } from '../composites/names.js';
import { rm, rmdirAt } from '../composites/remove.js';
import { lstatAt, statAt } from '../composites/stat.js';
import { mkdtempDisposable } from '../composites/temporary.js';
import { FileHandle } from '../handle/file-handle.js';
import { isBorrowable, type StreamMakers } from '../streams/streams.js';
import type { Tree } from '../tree.js';
import { watchEach } from '../watching/watch-each.js';
import { CALLS } from './calls.js';
import { type AsyncCall, facesOf, named, promiseOf } from './face.js';

/** Nearly all are text, and asked nothing further. */
const isHandle = (target: unknown): target is FileHandle =>
  typeof target === 'object' && isBorrowable(target);

/** `fs.promises`: rejects whatever goes wrong, refused arguments included. */
export function promisesFace(tree: Tree, streams: StreamMakers) {
  const of = <T>(call: AsyncCall<T>) => promiseOf(tree, call);
  const openFd = of(open);
  const readPath = of(readFileAt);
  const writePath = of(writeFileAt);
  const appendToPath = of(appendFileAt);

  return named({
    ...facesOf(CALLS, ({ call }) => of(call)),
    appendFile: (target: unknown, data: unknown, options?: unknown): Promise<void> =>
      isHandle(target) ? target.appendFile(data, options) : appendToPath(target, data, options),
    constants: nodeFs.constants,
    glob: (pattern: unknown, options?: unknown) => globEach(tree, pattern, options),
    lstat: of(lstatAt),
    mkdir: of(mkdirAt),
    mkdtempDisposable: (prefix: unknown, options?: unknown) => mkdtempDisposable(tree, prefix, options),
    open: async (path: unknown, flags?: unknown, mode?: unknown): Promise<FileHandle> =>
      new FileHandle(tree, { fd: await openFd(path, flags, mode), path }, streams),
    readdir: of(readdirAt),
    readFile: (target: unknown, options?: unknown): Promise<string | Buffer> =>
      isHandle(target) ? target.readFile(options) : readPath(target, options),
    realpath: of(realpathNative),
    rm: of(rm),
    rmdir: of(rmdirAt),
    stat: of(statAt),
    truncate: of(truncateAt),
    watch: (filename: unknown, options?: unknown) => watchEach(tree, filename, options),
    writeFile: (target: unknown, data: unknown, options?: unknown): Promise<void> =>
      isHandle(target) ? target.writeFile(data, options) : writePath(target, data, options),
  });
}
