import nodeFs, { type BigIntStatsFs, type StatsFs } from 'node:fs';
import { invokeAt, placeOf, type Tree } from '../tree.js';
import type { Composite } from './driver.js';

const BLOCK_BYTES = 4096;
/** W&B has no figure for free space. Tools look at it before they write, so it is more than anybody has: 1 PiB. */
const BLOCKS = 2 ** 50 / BLOCK_BYTES;

const FIGURES = {
  type: 0,
  bsize: BLOCK_BYTES,
  frsize: BLOCK_BYTES,
  blocks: BLOCKS,
  bfree: BLOCKS,
  bavail: BLOCKS,
  // As network filesystems do that keep no table of inodes.
  files: 0,
  ffree: 0,
};

/** The same of every path that is there. Node reads the options unchecked: null is a TypeError there and here. */
export function* statfs(
  tree: Tree,
  path: unknown,
  options: unknown = { bigint: false },
): Composite<StatsFs | BigIntStatsFs> {
  const place = placeOf(tree, path);
  const isBigint = Boolean((options as { bigint?: unknown }).bigint);
  yield* invokeAt('statfs', place, (op, at) => tree.kernel.stat(op, at));
  const figures = Object.entries(FIGURES).map(([name, figure]) => [name, isBigint ? BigInt(figure) : figure]);
  // Node doesn't export the class; an instance shows it.
  const prototype: object = Object.getPrototypeOf(nodeFs.statfsSync('/'));
  return Object.assign(Object.create(prototype), Object.fromEntries(figures));
}
