import { posix } from 'node:path';
import { Failure } from '../../contract/failure.js';
import { Freshness } from '../../kernel/operation/operation.js';
import { systemError } from '../arguments/errors.js';
import { Lookups } from '../globbing/lookups.js';
import { asSearch } from '../globbing/options.js';
import { type Found, GlobWalk } from '../globbing/search.js';
import type { Tree } from '../tree.js';
import { TreeSteps } from './cp.js';
import type { Composite } from './driver.js';

/** All paths in a tree that match. */
export function* glob(tree: Tree, pattern: unknown, options?: unknown): Composite<Found[]> {
  return yield* walkOf(tree, pattern, options).all();
}

/** As `promises.glob` gives them: a directory is asked for when the paths before it have been taken. It is one call. */
export async function* globEach(
  tree: Tree,
  pattern: unknown,
  options?: unknown,
): AsyncGenerator<Found, void, undefined> {
  const walk = walkOf(tree, pattern, options);
  const freshness = new Freshness();
  for (;;) {
    const found = await tree.calls.drive(walk.next(), undefined, freshness);
    if (found === null) return;
    yield found;
  }
}

function walkOf(tree: Tree, pattern: unknown, options: unknown): GlobWalk {
  const search = asSearch(pattern, options, (cwd) => absoluteIn(tree, cwd));
  const mountPoint = tree.mount.show(tree.mount.top);
  const nameTowards = (path: string): string | null => {
    const [name = ''] = posix.relative(path, mountPoint).split('/');
    return name === '' || name === '..' ? null : name;
  };
  return new GlobWalk(search, new Lookups(new TreeSteps(tree, 'scandir'), nameTowards));
}

function absoluteIn({ mount }: Tree, cwd: string): string {
  try {
    return mount.absolute(cwd);
  } catch (thrown) {
    throw thrown instanceof Failure ? systemError(thrown, { syscall: 'scandir', path: cwd }) : thrown;
  }
}
