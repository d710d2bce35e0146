import type { Dirent } from 'node:fs';
import { posix } from 'node:path';
import { Failure } from '../../contract/failure.js';
import { Freshness } from '../../kernel/operation/operation.js';
import type { DirectoryEntry } from '../../kernel/syscalls.js';
import { systemError } from '../arguments/errors.js';
import { type Lookups, seen } from '../globbing/lookups.js';
import { asSearch } from '../globbing/options.js';
import { type Found, GlobWalk } from '../globbing/search.js';
import { direntOf } from '../results/dirents.js';
import { placeOf, probeAt, type Tree } from '../tree.js';
import type { Composite, Step } from './driver.js';

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

function walkOf(tree: Tree, pattern: unknown, options: unknown): GlobWalk<Step> {
  const search = asSearch(pattern, options, (cwd) => absoluteIn(tree, cwd));
  return new GlobWalk(search, new TreeLookups(tree));
}

function absoluteIn({ mount }: Tree, cwd: string): string {
  try {
    return mount.absolute(cwd);
  } catch (thrown) {
    throw thrown instanceof Failure ? systemError(thrown, { syscall: 'scandir', path: cwd }) : thrown;
  }
}

/** The directories above the mount point are passed through, so that absolute patterns lead into the tree. */
class TreeLookups implements Lookups<Step> {
  readonly #tree: Tree;
  readonly #mountPoint: string;

  constructor(tree: Tree) {
    this.#tree = tree;
    this.#mountPoint = tree.mount.show(tree.mount.top);
  }

  isShown(path: string): boolean {
    return this.#nameTowardsMount(path) === null;
  }

  *lstat(path: string): Composite<Dirent | null> {
    if (this.#nameTowardsMount(path) !== null) return entryAt(path, 'directory');
    const look = probeAt('lstat', placeOf(this.#tree, path), (op, at) => this.#tree.kernel.lstat(op, at));
    const found = yield* seen(look, null);
    return found && entryAt(path, found.kind);
  }

  *isDirectory(path: string): Composite<boolean> {
    if (this.#nameTowardsMount(path) !== null) return true;
    const look = probeAt('stat', placeOf(this.#tree, path), (op, at) => this.#tree.kernel.stat(op, at));
    return (yield* seen(look, null))?.kind === 'directory';
  }

  *realpath(path: string): Composite<string | null> {
    if (this.#nameTowardsMount(path) !== null) return path;
    const look = probeAt('realpath', placeOf(this.#tree, path), (op, at) =>
      this.#tree.kernel.realpath(op, at),
    );
    const found = yield* seen(look, null);
    return found === null ? null : this.#tree.mount.show(found);
  }

  *readdir(path: string): Composite<readonly Dirent[]> {
    const towards = this.#nameTowardsMount(path);
    if (towards !== null) return [direntOf({ name: towards, kind: 'directory' }, path, null)];
    const look = probeAt('scandir', placeOf(this.#tree, path), (op, at) => this.#tree.kernel.readdir(op, at));
    const entries = yield* seen(look, []);
    return entries.map((entry) => direntOf(entry, path, null));
  }

  /** The next name on the way from a directory above the mount point down to it; null elsewhere. */
  #nameTowardsMount(path: string): string | null {
    const below = posix.relative(path, this.#mountPoint);
    const [name = ''] = below.split('/');
    return name === '' || name === '..' ? null : name;
  }
}

const entryAt = (path: string, kind: DirectoryEntry['kind']): Dirent =>
  direntOf({ name: posix.basename(path), kind }, posix.dirname(path), null);
