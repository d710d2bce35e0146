import { named } from '../faces/face.js';
import type { Tree } from '../tree.js';
import { watch } from './fs-watcher.js';
import { StatWatchers } from './stat-watchers.js';

/** The members of `node:fs` that watch. */
export function watchFace(tree: Tree) {
  const files = new StatWatchers(tree);
  return named({
    unwatchFile: (filename: unknown, listener?: unknown) => files.unwatch(filename, listener),
    watch: (filename: unknown, options?: unknown, listener?: unknown) =>
      watch(tree, filename, options, listener),
    watchFile: (filename: unknown, options?: unknown, listener?: unknown) =>
      files.watch(filename, options, listener),
  });
}
