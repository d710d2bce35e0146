import {
  asRead,
  asTransferFd,
  asWrite,
  asWritePosition,
  givenToReadSync,
  type Transfer,
} from '../../arguments/transfers.js';
import { asBuffers, bytesOf } from '../../arguments/validate.js';
import type { Tree } from '../../tree.js';
import { type Composite, invoke, type Step } from '../driver.js';

type Bytes = Pick<Transfer, 'bytes' | 'position'>;

export function* readSync(tree: Tree, fd: unknown, ...args: unknown[]): Composite<number> {
  const number = asTransferFd(fd);
  return yield* readTransfer(tree, number, asRead(givenToReadSync(args)));
}

export function* readTransfer(tree: Tree, fd: number, { bytes, position }: Bytes): Composite<number> {
  if (bytes.length === 0) return 0;
  const run: Step<number>['run'] = (op) => tree.kernel.read(op, fd, bytes, position);
  return yield* invoke({ syscall: 'read', run });
}

export function* writeSync(tree: Tree, fd: unknown, ...args: unknown[]): Composite<number> {
  const number = asTransferFd(fd);
  return yield* writeTransfer(tree, number, asWrite(args));
}

export function* writeTransfer(tree: Tree, fd: number, { bytes, position }: Bytes): Composite<number> {
  const run: Step<number>['run'] = (op) => tree.kernel.write(op, fd, bytes, position);
  return yield* invoke({ syscall: 'write', run });
}

/** One primitive for all buffers: another reader of the same fd can't come in between. */
export function* readv(tree: Tree, fd: unknown, buffers: unknown, position?: unknown): Composite<number> {
  const number = asTransferFd(fd);
  const targets = asBuffers(buffers).map(bytesOf);
  const length = targets.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const bytes = Buffer.allocUnsafeSlow(length);
  const count = yield* readTransfer(tree, number, { bytes, position: asWritePosition(position) });
  let start = 0;
  for (const target of targets) {
    target.set(bytes.subarray(start, Math.min(start + target.byteLength, count)));
    start = Math.min(start + target.byteLength, count);
  }
  return count;
}

export function* writev(tree: Tree, fd: unknown, buffers: unknown, position?: unknown): Composite<number> {
  const number = asTransferFd(fd);
  const bytes = Buffer.concat(asBuffers(buffers).map(bytesOf));
  if (bytes.length === 0) return 0;
  return yield* writeTransfer(tree, number, { bytes, position: asWritePosition(position) });
}
