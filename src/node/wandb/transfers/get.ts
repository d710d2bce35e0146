import type { FileHandle } from 'node:fs/promises';
import { constants, disk as nodeDisk } from '../../../platform/disk.js';
import { abortError, failure, hasCode } from '../../arguments/errors.js';
import { asLocalPath } from '../../arguments/paths.js';
import { type AsyncComposite, pause } from '../../composites/driver.js';
import { closing, closingBy } from '../../composites/files/descriptors.js';
import { temporarySuffix } from '../../composites/shared/copy.js';
import { explaining, placeOf, type Tree } from '../../tree.js';
import { type Digest, digestOf, hashBy } from './digests.js';
import { asTransfer, CHUNK_BYTES } from './options.js';
import { PartFile, SMALLEST_PART } from './part-file.js';
import { atDisk, stepsOn } from './steps.js';

const { promises: disk } = nodeDisk;
const { O_CREAT, O_RDONLY, O_RDWR } = constants;

/**
 * Copies a file to this machine's disk. It appears there whole, by a rename, when its content has been compared with the
 * digest that W&B tells: whoever reads it from its beginning to its end has that done (`kernel/content/reading/whole-read.ts`),
 * and who goes on from a part does it here.
 */
export function* get(tree: Tree, remote: unknown, local: unknown, options: unknown): AsyncComposite<void> {
  const source = placeOf(tree, remote, 'remote');
  const { signal, onProgress, resume } = asTransfer(options);
  const step = stepsOn(source, explaining(source), signal);
  const target = asLocalPath(local, 'local');
  const fd = yield* step('open', (op) => tree.kernel.open(op, source.tree, O_RDONLY, 0));
  yield* closing(tree, fd, download());

  function* download(): AsyncComposite<void> {
    const { size, kind } = yield* step('fstat', (op) => tree.kernel.fstat(op, fd));
    if (kind === 'directory') {
      const advice = '`get` copies one file; `mirror` copies directories.';
      throw failure('EISDIR', { syscall: 'read', path: source.given }, advice);
    }
    yield* atDisk('open', target, () => assertReplaceable(target));
    const isKept = resume && size >= SMALLEST_PART;
    const digest = isKept ? digestOf(yield* step('get', (op) => tree.kernel.listed(op, source.tree))) : null;
    if (digest) yield* goOn(size, digest);
    else yield* fetchAnew(size);
  }

  function* fetchAnew(size: number): AsyncComposite<void> {
    const beside = `${target}${temporarySuffix()}`;
    const output = yield* atDisk('open', target, () => disk.open(beside, 'wx'));
    // Once it is renamed there is nothing to remove.
    yield* closingBy(() => pause(() => disk.rm(beside, { force: true })), fill());

    function* fill(): AsyncComposite<void> {
      yield* closingBy(() => pause(() => output.close()), copyTo(output, size, 0));
      yield* atDisk('rename', target, () => disk.rename(beside, target));
    }
  }

  function* goOn(size: number, digest: Digest): AsyncComposite<void> {
    const claim = () => PartFile.claim(target, `${digest.algorithm}:${digest.digest}`);
    const part = yield* atDisk('open', target, claim);
    const output = yield* atDisk('open', target, () => disk.open(part.path, O_RDWR | O_CREAT, 0o666));
    // Once it is renamed there is nothing to leave.
    yield* closingBy(() => pause(() => part.leave()), fill());

    function* fill(): AsyncComposite<void> {
      yield* closingBy(() => pause(() => output.close()), fillPart(output, size, digest));
      yield* atDisk('rename', target, () => disk.rename(part.path, target));
    }
  }

  function* fillPart(output: FileHandle, size: number, digest: Digest): AsyncComposite<void> {
    const start = yield* atDisk('fstat', target, async () => (await output.stat()).size);
    if (start > 0 && start <= size) {
      yield* copyTo(output, size, start);
      const isWhole = yield* atDisk('read', target, () => hasDigest(output, digest));
      if (isWhole) return;
    }
    // What was left isn't what it was taken for.
    if (start > 0) yield* atDisk('ftruncate', target, () => output.truncate(0));
    yield* copyTo(output, size, 0);
  }

  function* copyTo(output: FileHandle, size: number, start: number): AsyncComposite<void> {
    const chunk = Buffer.allocUnsafeSlow(size > 0 ? Math.min(size, CHUNK_BYTES) : CHUNK_BYTES);
    let bytes = start;
    for (;;) {
      const from = bytes;
      const count = yield* step('read', (op) => tree.kernel.read(op, fd, chunk, from));
      if (count === 0) break;
      yield* atDisk('write', target, () => writeAll(output, chunk.subarray(0, count), from));
      bytes += count;
      onProgress({ bytes, size: Math.max(size, bytes) });
    }
    // Of an empty file nothing was read.
    if (bytes === start) onProgress({ bytes, size: bytes });
    if (signal?.aborted) throw abortError(signal);
  }
}

/** What is renamed over is gone: a device for all programs of this machine. That of a directory fails by itself. */
async function assertReplaceable(target: string): Promise<void> {
  const there = await disk.stat(target).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  });
  if (!there || there.isFile() || there.isDirectory()) return;
  const advice = 'What is there is neither a file nor a directory, and stays.';
  throw failure('EINVAL', { syscall: 'open', path: target }, advice);
}

/** A disk that is almost full takes less than it is given. */
async function writeAll(output: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.byteLength; ) {
    const { bytesWritten } = await output.write(bytes, done, bytes.byteLength - done, position + done);
    done += bytesWritten;
  }
}

async function hasDigest(file: FileHandle, { algorithm, digest }: Digest): Promise<boolean> {
  const hash = await hashBy(algorithm);
  const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) return hash.digest() === digest;
    hash.update(chunk.subarray(0, bytesRead));
    at += bytesRead;
  }
}
