import type { TreePath } from '../contract/tree-path.js';
import { disk } from '../platform/disk.js';

const { writeSync } = disk;

const STDERR = 2;
const MOST_NAMED = 20;
/**
 * Nobody reads it any more, a terminal is gone, a pipe is full: it can't be told elsewhere, and the exit code still
 * tells.
 */
const UNHEARD = new Set(['EPIPE', 'EIO', 'EAGAIN', 'EBADF']);

/** Acknowledged content that is not on the server when its process ends, and why, where that is known. */
export interface Left {
  readonly path: TreePath;
  readonly reason: string;
  /** A journal has it: the next start sends it. */
  readonly isKept: boolean;
}

/** Names what is left, a line each. */
export function linesOf(left: readonly Left[]): readonly string[] {
  const byPath = new Map(left.map((each) => [each.path, each]));
  const lines = [...byPath.values()].slice(0, MOST_NAMED).map(({ path, reason, isKept }) => {
    const what = isKept ? 'not uploaded yet, the next start sends it from the journal' : 'not uploaded';
    return `wandb-fs: ${what}: ${path}: ${reason}\n`;
  });
  if (byPath.size > MOST_NAMED) lines.push(`wandb-fs: not uploaded: and ${byPath.size - MOST_NAMED} more\n`);
  return lines;
}

/** On stderr. */
export function report(left: readonly Left[]): void {
  if (left.length === 0) return;
  try {
    // The process doesn't wait for its own streams.
    writeSync(STDERR, linesOf(left).join(''));
  } catch (error) {
    if (!UNHEARD.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
