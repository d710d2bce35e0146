import type { FileHandle } from 'node:fs/promises';
import { treePath } from '../../contract/tree-path.js';
import type { Operation } from '../../kernel/operation/operation.js';
import { constants, disk as nodeDisk } from '../../platform/disk.js';
import { abortError, failure, retold } from '../arguments/errors.js';
import { asLocalPath, type Place } from '../arguments/paths.js';
import { asFunction, asObject, asSignal } from '../arguments/validate.js';
import { type AsyncComposite, type Composite, invoke, pause, type Step } from '../composites/driver.js';
import { closing, closingBy } from '../composites/files/descriptors.js';
import { temporarySuffix } from '../composites/shared/copy.js';
import { explaining, placeOf, type Tree } from '../tree.js';
import type { UploadEvents } from './uploads.js';

const { promises: disk } = nodeDisk;

export interface TransferOptions {
  /** Called now and then with the bytes that are through, of `size` bytes, and at the end with all of them. */
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface TransferProgress {
  readonly bytes: number;
  /** Bytes of the whole file. */
  readonly size: number;
}

const CHUNK_BYTES = 1024 * 1024;
const { O_CREAT, O_EXCL, O_RDONLY, O_WRONLY } = constants;

/**
 * Copies a file to this machine's disk. It appears there whole, by a rename, when its content has been compared with the
 * digest that W&B tells: whoever reads it from its beginning to its end has that done (`kernel/content/reading/whole-read.ts`).
 */
export function* get(tree: Tree, remote: unknown, local: unknown, options: unknown): AsyncComposite<void> {
  const source = placeOf(tree, remote, 'remote');
  const { signal, onProgress } = asTransfer(options);
  const step = stepsOn(source, explaining(source), signal);
  const target = asLocalPath(local, 'local');
  const fd = yield* step('open', (op) => tree.kernel.open(op, source.tree, O_RDONLY, 0));
  yield* closing(tree, fd, download());

  function* download(): AsyncComposite<void> {
    const { size, kind } = yield* step('fstat', (op) => tree.kernel.fstat(op, fd));
    if (kind === 'directory') {
      throw failure('EISDIR', { syscall: 'read', path: source.given }, '`get` copies one file.');
    }
    const beside = `${target}${temporarySuffix()}`;
    const output = yield* atDisk('open', target, () => disk.open(beside, 'wx'));
    // Once it is renamed there is nothing to remove.
    yield* closingBy(() => pause(() => disk.rm(beside, { force: true })), fill());

    function* fill(): AsyncComposite<void> {
      yield* closingBy(() => pause(() => output.close()), copyTo(output, size));
      yield* atDisk('rename', target, () => disk.rename(beside, target));
    }
  }

  function* copyTo(output: FileHandle, size: number): AsyncComposite<void> {
    const chunk = Buffer.allocUnsafeSlow(size > 0 ? Math.min(size, CHUNK_BYTES) : CHUNK_BYTES);
    let bytes = 0;
    for (;;) {
      const count = yield* step('read', (op) => tree.kernel.read(op, fd, chunk, null));
      if (count === 0) break;
      yield* atDisk('write', target, () => output.writeFile(chunk.subarray(0, count)));
      bytes += count;
      onProgress({ bytes, size: Math.max(size, bytes) });
    }
    // Of an empty file nothing was read.
    if (bytes === 0) onProgress({ bytes, size: 0 });
    if (signal?.aborted) throw abortError(signal);
  }
}

/**
 * Copies a file of this machine's disk into the tree. It stands there whole, and resolves when it is durable; into a
 * draft, when it is there.
 */
export function* put(tree: Tree, local: unknown, remote: unknown, options: unknown): AsyncComposite<void> {
  const source = asLocalPath(local, 'local');
  const target = placeOf(tree, remote, 'remote');
  const { signal, onProgress } = asTransfer(options);
  const step = stepsOn(target, explaining(target, true), signal);
  if (signal?.aborted) throw abortError(signal);
  const input = yield* pause(() => disk.open(source, 'r'));
  yield* closingBy(() => pause(() => input.close()), upload());

  /** What is written isn't seen under its name, nor sent, before it is whole; without that it is as if nothing was. */
  function* upload(): AsyncComposite<void> {
    const { size } = yield* atDisk('fstat', source, () => input.stat());
    const beside = yield* step('open', () => treePath(`${target.tree}${temporarySuffix()}`));
    const flags = O_WRONLY | O_CREAT | O_EXCL;
    const fd = yield* step('open', (op) => tree.kernel.open(op, beside, flags, 0o666));
    let isWhole = false;
    // Removed before it is closed: what is closed is sent.
    yield* closing(tree, fd, closingBy(removeUnlessWhole, send()));

    function* send(): AsyncComposite<void> {
      yield* copyTo(fd);
      yield* step('rename', (op) => tree.kernel.rename(op, beside, target.tree));
      isWhole = true;
      yield* makeDurable(fd, size);
    }

    function* removeUnlessWhole(): Composite<void> {
      if (isWhole) return;
      const run = (op: Operation): void => tree.kernel.unlink(op, beside);
      yield* invoke({ syscall: 'unlink', path: target.given, run });
    }
  }

  function* copyTo(fd: number): AsyncComposite<void> {
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = yield* atDisk('read', source, () => input.read(chunk, 0, chunk.length, null));
      if (signal?.aborted) throw abortError(signal);
      if (bytesRead === 0) return;
      for (let done = 0; done < bytesRead; ) {
        const rest = chunk.subarray(done, bytesRead);
        done += yield* step('write', (op) => tree.kernel.write(op, fd, rest, null));
      }
    }
  }

  function* makeDurable(fd: number, size: number): AsyncComposite<void> {
    const path = tree.mount.show(target.tree);
    const hear = (event: UploadEvents['progress'][0]): void => {
      if (event.path === path && event.sent < event.size) onProgress({ bytes: event.sent, size: event.size });
    };
    tree.uploads.on('progress', hear);
    try {
      yield* step('fsync', (op) => tree.kernel.fsync(op, fd));
    } finally {
      tree.uploads.off('progress', hear);
    }
    onProgress({ bytes: size, size });
  }
}

/** The path is the one that the caller knows: Node tells none where an open file is refused, as on a full disk. */
const atDisk = <T>(syscall: string, path: string, work: () => Promise<T>): AsyncComposite<T> =>
  pause(() =>
    work().catch((error: unknown) => {
      throw retold(error, { syscall, path });
    }),
  );

/** Steps on one file of the tree, which leave at once when the signal aborts. */
const stepsOn =
  ({ given }: Place, explain: Step['explain'], signal: AbortSignal | undefined) =>
  <T>(syscall: string, run: (op: Operation) => T): Composite<T> =>
    invoke({ syscall, path: given, signal, explain, run });

function asTransfer(options: unknown = {}) {
  const { onProgress = () => {}, signal } = asObject(options, 'options');
  const tell = asFunction(onProgress, 'options.onProgress');
  return {
    onProgress: (progress: TransferProgress): void => void tell(progress),
    signal: asSignal(signal, 'options.signal'),
  };
}
