import type { Dirent } from 'node:fs';
import { asPath } from '../arguments/paths.js';
import { asOptions, asUint32 } from '../arguments/validate.js';
import { Dir } from '../results/dir.js';
import { direntOf } from '../results/dirents.js';
import type { Tree } from '../tree.js';
import { walkBelow } from './directories.js';
import { type Composite, driveSync, invoke } from './driver.js';

/**
 * Opens a directory: one that is known is shown as it was then, any other page by page as it is read; with `recursive`,
 * those below as this instance knows them when they are come to. The walk is one call: it lists a run once, however
 * long it takes.
 */
export function* opendir(tree: Tree, path: unknown, options?: unknown): Composite<Dir> {
  const given = asPath(path);
  const { recursive, bufferSize, encoding } = asOptions(options);
  const paging = recursive ? 'above units' : 'always';
  const walking = { tree, syscall: 'opendir', paging, isRecursive: Boolean(recursive) } as const;
  const walk = yield* walkBelow(walking, given);
  asUint32(bufferSize ?? 32, 'options.bufferSize', true);
  const freshness = yield* invoke({ syscall: 'opendir', path: given, run: (op) => op.freshness });
  function* next(): Composite<Dirent | null> {
    const found = yield* walk.next();
    return found && direntOf(found.entry, found.level.given, encoding);
  }
  return new Dir(given, {
    next: () => tree.calls.drive(next(), undefined, freshness),
    nextSync: () => driveSync(next(), freshness),
  });
}
