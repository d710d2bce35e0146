import { writeSync } from 'node:fs';
import type { TreePath } from '../store/contract.js';

/** Called while the process exits: sends what it can, synchronously, and returns the paths that are left. */
export type LastDrain = () => readonly TreePath[];

const drains = new Set<LastDrain>();
const STDERR = 2;
const MOST_NAMED = 5;

/** `process.exit` doesn't return to the event loop, and whoever calls it would lose content that was acknowledged. */
export function drainAtExit(drain: LastDrain): () => void {
  if (drains.size === 0) process.on('exit', drainAll);
  drains.add(drain);
  return () => {
    if (drains.delete(drain) && drains.size === 0) process.off('exit', drainAll);
  };
}

function drainAll(): void {
  const left = [...drains].flatMap((drain) => drain());
  if (left.length === 0) return;
  const named = left.slice(0, MOST_NAMED).join(', ');
  const more = left.length > MOST_NAMED ? ` and ${left.length - MOST_NAMED} more` : '';
  // Streams of `process` don't end before the process does.
  writeSync(STDERR, `wandb-fs: not uploaded: ${named}${more}\n`);
}
