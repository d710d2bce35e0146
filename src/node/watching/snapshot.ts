import { posix } from 'node:path';
import type { Kind } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import { joinPath, type TreePath } from '../../contract/tree-path.js';
import type { Operation } from '../../kernel/operation/operation.js';
import type { Place } from '../arguments/paths.js';
import { type Composite, invoke, type Step } from '../composites/driver.js';
import { probeAt, type Tree } from '../tree.js';

/** What is watched at one moment: a mark of each name relative to the watched path, which itself is ''. */
export type Snapshot = ReadonlyMap<string, Mark>;

interface Mark {
  readonly kind: Kind;
  readonly ino: number;
  /** Differs where the content or the attributes do. */
  readonly state: string;
}

/** Null where nothing is. */
export function* takeSnapshot(tree: Tree, place: Place, isRecursive: boolean): Composite<Snapshot | null> {
  const marks = new Map<string, Mark>();
  const run: Step<Mark | null>['run'] = (op) => ifThere(() => markAt(tree, op, place.tree, 'stat'));
  const top = yield* invoke({ syscall: 'watch', path: place.given, run });
  if (top === null) return null;
  marks.set('', top);
  const directories = top.kind === 'directory' ? [''] : [];
  for (const directory of directories) {
    const found = yield* probeAt('watch', place, (op, at) => marksIn(tree, op, joinPath(at, directory)));
    for (const [name, mark] of found) {
      const path = posix.join(directory, name);
      marks.set(path, mark);
      if (isRecursive && mark.kind === 'directory') directories.push(path);
    }
  }
  return marks;
}

/** One operation for all of a directory: what its listing tells is fresh for the looks at its entries. */
function marksIn(tree: Tree, op: Operation, directory: TreePath): readonly (readonly [string, Mark])[] {
  const entries = ifThere(() => tree.kernel.readdir(op, directory)) ?? [];
  return entries.flatMap(({ name }) => {
    const mark = ifThere(() => markAt(tree, op, joinPath(directory, name), 'lstat'));
    return mark === null ? [] : [[name, mark] as const];
  });
}

function markAt(tree: Tree, op: Operation, path: TreePath, look: 'stat' | 'lstat'): Mark {
  const { kind, ino, mode, size, mtimeMs } = tree.kernel[look](op, path);
  const target = kind === 'symlink' ? tree.kernel.readlink(op, path) : '';
  // The times of a directory inside a run are the run's: they tell of changes that its own watchers hear of.
  return { kind, ino, state: kind === 'directory' ? `${mode}` : `${mode} ${size} ${mtimeMs} ${target}` };
}

function ifThere<T>(look: () => T): T | null {
  try {
    return look();
  } catch (thrown) {
    if (thrown instanceof Failure && ['ENOENT', 'ENOTDIR'].includes(thrown.code)) return null;
    throw thrown;
  }
}

export interface WatchEvent {
  /** 'rename': the name came, went, or is another file's. */
  readonly eventType: 'rename' | 'change';
  readonly filename: string;
}

/**
 * @param gone names that this process has taken away since the look before
 * @param ownName what a change of the watched path itself is told under
 */
export function differences(
  before: Snapshot | null,
  after: Snapshot | null,
  gone: Iterable<string>,
  ownName: string,
): WatchEvent[] {
  const events: WatchEvent[] = [];
  const names = new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])]);
  // It came and went.
  for (const name of gone) {
    const event: WatchEvent = { eventType: 'rename', filename: name === '' ? ownName : name };
    if (!names.has(name)) events.push(event, event);
  }
  for (const name of names) {
    const [old, now] = [before?.get(name), after?.get(name)];
    if (old?.ino === now?.ino && old?.kind === now?.kind && old?.state === now?.state) continue;
    const isOther = old === undefined || now === undefined || old.ino !== now.ino || old.kind !== now.kind;
    events.push({ eventType: isOther ? 'rename' : 'change', filename: name === '' ? ownName : name });
  }
  return events;
}
