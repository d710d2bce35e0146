import { posix } from 'node:path';
import { Failure } from '../../contract/failure.js';
import { isAtOrBelow, type TreePath, withoutSlash } from '../../contract/tree-path.js';
import { type SystemError, systemError } from '../arguments/errors.js';
import type { Place } from '../arguments/paths.js';
import type { Composite } from '../composites/driver.js';
import type { Tree } from '../tree.js';
import type { WatchSettings } from './options.js';
import { firstLook, type Looker, Polling } from './polling.js';
import { differences, type Snapshot, takeSnapshot, type WatchEvent } from './snapshot.js';

/** Between two looks, in milliseconds. What a look can see is as old as `listingTtl` lets it be. */
const INTERVAL = 1000;

interface WatchListener extends Omit<Looker<Snapshot | null>, 'seen'> {
  readonly event: (event: WatchEvent) => void;
}

/**
 * Looks at a path, at once when something was changed through this process, and tells what is otherwise than at the
 * look before. Throws ENOENT where nothing is to be watched, unless the settings say otherwise.
 */
export function startWatch(
  tree: Tree,
  place: Place,
  settings: WatchSettings,
  listener: WatchListener,
): Polling<Snapshot | null> {
  const assertThere = (first: Snapshot | null | undefined): void => {
    if (first === null && settings.throwIfNoEntry) throw nothingAt(place);
  };
  const look = (): Composite<Snapshot | null> => takeSnapshot(tree, place, settings.isRecursive);
  const first = firstLook(look());
  assertThere(first);
  const gone = new Set<string>();
  const polling = new Polling(tree, look, first, INTERVAL, settings.isPersistent, {
    ...listener,
    gone: (path) => {
      const name = nameIn(place, path);
      if (name !== null && (settings.isRecursive || !name.includes('/'))) gone.add(name);
    },
    seen: (before, after) => {
      const passed = [...gone];
      gone.clear();
      if (before === undefined) return assertThere(after);
      for (const event of differences(before, after, passed, posix.basename(place.given))) {
        if (!settings.isIgnored(event.filename)) listener.event(event);
      }
    },
  });
  if (first === undefined) polling.soon();
  return polling;
}

/** A path as seen from a place; '' for the place itself, null for what isn't in it. */
function nameIn(place: Place, path: TreePath): string | null {
  if (!place.isInside) return null;
  const top = withoutSlash(place.tree);
  if (!isAtOrBelow(path, top)) return null;
  return top === '' ? path : path.slice(top.length + 1);
}

/** As Node's watchers tell it: with the name once more. */
function nothingAt({ given }: Place): SystemError & { filename: string } {
  const error = systemError(new Failure('ENOENT'), { syscall: 'watch', path: given }, nothingAt);
  return Object.assign(error, { filename: given });
}
