import { treePath } from '../../../contract/tree-path.js';
import type { Operation } from '../../../kernel/operation/operation.js';
import { constants, disk as nodeDisk } from '../../../platform/disk.js';
import { abortError } from '../../arguments/errors.js';
import { asLocalPath } from '../../arguments/paths.js';
import { type AsyncComposite, type Composite, invoke, pause } from '../../composites/driver.js';
import { closing, closingBy } from '../../composites/files/descriptors.js';
import { temporarySuffix } from '../../composites/shared/copy.js';
import { explaining, placeOf, type Tree } from '../../tree.js';
import type { UploadEvents } from '../uploads.js';
import { asTransfer, CHUNK_BYTES } from './options.js';
import { atDisk, stepsOn } from './steps.js';

const { promises: disk } = nodeDisk;
const { O_CREAT, O_EXCL, O_WRONLY } = constants;

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
