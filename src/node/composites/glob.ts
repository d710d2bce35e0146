import { posix } from 'node:path';
import { Failure } from '../../contract/failure.js';
import { Freshness } from '../../kernel/operation/operation.js';
import { systemError } from '../arguments/errors.js';
import { Lookups } from '../globbing/lookups.js';
import { asSearch, type Search } from '../globbing/options.js';
import { type Found, GlobWalk } from '../globbing/search.js';
import { AheadOfSearch } from '../globbing/upcoming.js';
import type { Tree } from '../tree.js';
import { TreeAhead } from './ahead.js';
import { TreeSteps } from './cp.js';
import { type Composite, invoke } from './driver.js';

/** All paths in a tree that match. */
export function* glob(tree: Tree, pattern: unknown, options?: unknown): Composite<Found[]> {
  const search = searchOf(tree, pattern, options);
  const freshness = yield* invoke({ syscall: 'scandir', run: (op) => op.freshness });
  return yield* walkOf(tree, search, new AheadOfSearch(aheadIn(tree, freshness), false)).all();
}

/** As `promises.glob` gives them: a directory is asked for when the paths before it have been taken. It is one call. */
export async function* globEach(
  tree: Tree,
  pattern: unknown,
  options?: unknown,
): AsyncGenerator<Found, void, undefined> {
  const freshness = new Freshness();
  const search = searchOf(tree, pattern, options);
  const walk = walkOf(tree, search, new AheadOfSearch(aheadIn(tree, freshness), true));
  for (;;) {
    const found = await tree.calls.drive(walk.next(), undefined, freshness);
    if (found === null) return;
    yield found;
  }
}

const aheadIn = (tree: Tree, freshness: Freshness): TreeAhead =>
  new TreeAhead(tree, freshness, 'down to units');

const searchOf = (tree: Tree, pattern: unknown, options: unknown): Search =>
  asSearch(pattern, options, (cwd) => absoluteIn(tree, cwd));

function walkOf(tree: Tree, search: Search, ahead: AheadOfSearch): GlobWalk {
  const mountPoint = tree.mount.show(tree.mount.top);
  const nameTowards = (path: string): string | null => {
    if (path.length >= mountPoint.length || !mountPoint.startsWith(path)) return null;
    const [name = ''] = posix.relative(path, mountPoint).split('/');
    return name === '' || name === '..' ? null : name;
  };
  return new GlobWalk(search, new Lookups(new TreeSteps(tree, 'scandir'), nameTowards), ahead);
}

function absoluteIn({ mount }: Tree, cwd: string): string {
  try {
    return mount.absolute(cwd);
  } catch (thrown) {
    throw thrown instanceof Failure ? systemError(thrown, { syscall: 'scandir', path: cwd }) : thrown;
  }
}
