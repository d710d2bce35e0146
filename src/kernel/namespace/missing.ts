import type { Alike } from '../../contract/entry.js';
import { segmentsOf, type TreePath, upperPath } from '../../contract/tree-path.js';
import type { Core } from '../core.js';
import type { Operation } from '../operation/operation.js';
import { ask, type Moment } from '../timeline.js';

/** The outermost name on the way to a path that isn't there. */
export interface Missing {
  /** Its path. Of the names down to `partialDepth` it can't be told which is missing: it is the last one's then. */
  readonly path: TreePath;
  /** Is what it would be in known to be there? */
  readonly isParentKnown: boolean;
  /** Null: nobody has asked, or could. */
  readonly alike: Alike | null;
}

/**
 * Told from what the failed call has learned, whatever its age. What may have been meant instead costs one request a
 * name and TTL, and only those who ask for it with an operation.
 */
export function missing(core: Core, op: Operation | null, path: TreePath): Missing | null {
  if (core.isClosed) return null;
  const segments = segmentsOf(path);
  const depth = Math.min(segments.length, core.unitDepth);
  let parent = core.root;
  let reached = 0;
  for (; reached < depth; reached++) {
    const child = parent.children?.get(segments[reached] ?? '');
    // What an alias leads to is there, or has never been.
    if (child && !child.isDirectory) return null;
    if (!child) break;
    parent = child;
  }
  if (reached === depth) return null;
  const { partialDepth } = core.shape;
  const at = Math.max(reached + 1, Math.min(depth, partialDepth));
  const missingPath = upperPath(path, at);
  // Of what is only here nobody else knows.
  const isAsked = !parent.local?.isLocalDirectory && at >= partialDepth;
  return {
    path: missingPath,
    isParentKnown: at === reached + 1,
    alike: isAsked ? alikeOf(core, op, missingPath) : null,
  };
}

function alikeOf(core: Core, op: Operation | null, path: TreePath): Alike | null {
  const key = `alike:${path}`;
  const known = core.names.negatives.alike.get(path);
  const isFresh = known && core.timeline.now() - known.moment.at < core.options.listingTtl;
  if (isFresh || op === null || op.hasLoaded(key)) return known?.said ?? null;
  const commit = (said: Alike | null, _failure: unknown, moment: Moment): null => {
    // It is only for a message: who can't be asked leaves it as short as it was.
    core.names.negatives.alike.set(path, { said, moment });
    return null;
  };
  throw ask(core, key, 'alike', { path }, commit, { beforeBlocking: () => core.remote.assertCanWait() });
}
