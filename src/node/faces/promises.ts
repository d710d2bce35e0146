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
import { facesOf, promiseOf } from './face.js';

/** Nearly all are text, and asked nothing further. */
const isHandle = (target: unknown): target is FileHandle =>
  typeof target === 'object' && isBorrowable(target);

const PROMISE_CALLS = {
  ...CALLS,
  lstat: { call: lstatAt },
  mkdir: { call: mkdirAt },
  readdir: { call: readdirAt },
  realpath: { call: realpathNative },
  rm: { call: rm },
  rmdir: { call: rmdirAt },
  stat: { call: statAt },
  truncate: { call: truncateAt },
};

/** `fs.promises`: rejects whatever goes wrong, refused arguments included. */
export function promisesFace(tree: Tree, streams: StreamMakers) {
  const openFd = promiseOf(tree, 'open', open);
  const readPath = promiseOf(tree, 'readFile', readFileAt);
  const writePath = promiseOf(tree, 'writeFile', writeFileAt);
  const appendToPath = promiseOf(tree, 'appendFile', appendFileAt);

  return {
    ...facesOf(PROMISE_CALLS, (name, { call }) => promiseOf(tree, name, call)),
    appendFile: (target: unknown, data: unknown, options?: unknown): Promise<void> =>
      isHandle(target) ? target.appendFile(data, options) : appendToPath(target, data, options),
    constants: nodeFs.constants,
    glob: (pattern: unknown, options?: unknown) => globEach(tree, pattern, options),
    mkdtempDisposable: (prefix: unknown, options?: unknown) => mkdtempDisposable(tree, prefix, options),
    open: async (path: unknown, flags?: unknown, mode?: unknown): Promise<FileHandle> =>
      new FileHandle(tree, { fd: await openFd(path, flags, mode), path }, streams),
    readFile: (target: unknown, options?: unknown): Promise<string | Buffer> =>
      isHandle(target) ? target.readFile(options) : readPath(target, options),
    watch: (filename: unknown, options?: unknown) => watchEach(tree, filename, options),
    writeFile: (target: unknown, data: unknown, options?: unknown): Promise<void> =>
      isHandle(target) ? target.writeFile(data, options) : writePath(target, data, options),
  };
}
