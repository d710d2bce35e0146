import { Blob } from 'node:buffer';
import { constants } from '../../../platform/disk.js';
import { asObject, asString } from '../../arguments/validate.js';
import type { Tree } from '../../tree.js';
import { type Composite, invoke } from '../driver.js';
import { closing, open } from './descriptors.js';
import { readTransfer } from './transfer.js';

const LEAST_BYTES = 64 * 1024;
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * The file as it is now. Node's is read when it is used, and fails then if the file was changed; nothing but Node can
 * make one of that kind, and a class of ours that reads later would be empty to everything that looks into blobs.
 */
export function* openAsBlob(tree: Tree, path: unknown, options?: unknown): Composite<Blob> {
  const { type: given } = options === undefined ? {} : asObject(options, 'options');
  const type = asString(given || '', 'options.type');
  const fd = yield* open(tree, path, constants.O_RDONLY);
  return yield* closing(tree, fd, readBlob(tree, fd, type));
}

/** A blob of blobs refers to their bytes: one chunk beside them is in memory, whatever the size. */
function* readBlob(tree: Tree, fd: number, type: string): Composite<Blob> {
  const { size } = yield* invoke({ syscall: 'fstat', run: (op) => tree.kernel.fstat(op, fd) });
  const length = Math.min(Math.max(size, LEAST_BYTES), MOST_BYTES);
  const parts: Blob[] = [];
  for (;;) {
    const chunk = Buffer.allocUnsafeSlow(length);
    const count = yield* readTransfer(tree, fd, { bytes: chunk, position: null });
    if (count === 0) return new Blob(parts, { type });
    parts.push(new Blob([chunk.subarray(0, count)]));
  }
}
