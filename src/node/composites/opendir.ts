import type { Dirent } from 'node:fs';
import type { DirectoryEntry } from '../../kernel/syscalls.js';
import { joined } from '../arguments/layout.js';
import { asPath } from '../arguments/paths.js';
import { asOptions, asUint32, type CallOptions } from '../arguments/validate.js';
import { Dir } from '../results/dir.js';
import { direntOf } from '../results/dirents.js';
import type { Tree } from '../tree.js';
import { entriesOf, realOf } from './directories.js';
import { type Composite, driveSync, invoke } from './driver.js';

/**
 * Opens a directory: it is shown as it was then; with `recursive`, those below as this instance knows them when they are
 * come to. The walk is one call: it lists a run once, however long it takes.
 */
export function* opendir(tree: Tree, path: unknown, options?: unknown): Composite<Dir> {
  const given = asPath(path);
  const settings = asOptions(options);
  const real = settings.recursive ? yield* realOf(tree, given, 'opendir') : given;
  const entries = yield* entriesOf(tree, real, 'opendir', given);
  asUint32(settings.bufferSize ?? 32, 'options.bufferSize', true);
  const levels: Level[] = [{ path: given, real, entries: entries.values() }];
  const freshness = yield* invoke({ syscall: 'opendir', path: given, run: (op) => op.freshness });
  return new Dir(given, {
    next: () => tree.calls.drive(nextOf(tree, levels, settings), undefined, freshness),
    nextSync: () => driveSync(nextOf(tree, levels, settings), freshness),
  });
}

interface Level {
  readonly path: string;
  /** Without aliases: all levels are of one version. */
  readonly real: string;
  readonly entries: Iterator<DirectoryEntry>;
}

function* nextOf(tree: Tree, levels: Level[], options: CallOptions): Composite<Dirent | null> {
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const { done, value: entry } = level.entries.next();
    if (done) {
      levels.pop();
      continue;
    }
    if (options.recursive && entry.kind === 'directory') {
      const path = joined(level.path, entry.name);
      const real = joined(level.real, entry.name);
      const entries = yield* entriesOf(tree, real, 'opendir', path);
      levels.push({ path, real, entries: entries.values() });
    }
    return direntOf(entry, level.path, options.encoding);
  }
  return null;
}
