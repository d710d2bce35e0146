import type { Dirent } from 'node:fs';
import { posix } from 'node:path';
import { depthOf, type TreePath } from '../../contract/tree-path.js';
import type { Operation } from '../../kernel/operation/operation.js';
import { asPath } from '../arguments/paths.js';
import { direntOf } from '../results/dirents.js';
import { explaining, invokeOnBoth, placeOf, probeAt, type Tree } from '../tree.js';
import { TreeAhead } from './ahead.js';
import { utimes } from './attributes.js';
import { copyFile } from './copy-file.js';
import { mkdir } from './directories.js';
import { type Composite, invoke } from './driver.js';
import { readlink, symlink } from './names.js';
import { unlink } from './remove.js';
import { cpOver } from './shared/cp.js';
import { asCpSettings } from './shared/cp-settings.js';
import type { Ahead } from './shared/lookahead.js';
import type { CpSteps, Doing, Look, Seen } from './shared/steps.js';

/** Copies a file, or with `recursive` a directory, inside the tree. */
export function* cp(tree: Tree, src: unknown, dest: unknown, options?: unknown): Composite<void> {
  const settings = asCpSettings(options);
  yield* cpOver(new TreeSteps(tree, 'opendir'), asPath(src, 'src'), asPath(dest, 'dest'), settings);
}

const DOING: Readonly<Record<Doing, (tree: Tree, ...args: unknown[]) => Composite<unknown>>> = {
  copyFile,
  mkdir,
  readlink,
  symlink,
  unlink,
  utimes,
};

/** A tree's primitives and the composites of one of them. */
export class TreeSteps implements CpSteps {
  readonly takesTime = false;

  /** @param listing what errors call the listing of a directory */
  constructor(
    private readonly tree: Tree,
    private readonly listing: 'scandir' | 'opendir',
  ) {}

  look(name: Look, path: string, isProbe = false): Composite<Seen> {
    const place = placeOf(this.tree, path);
    const run = (op: Operation, at: TreePath): Seen => this.tree.kernel[name](op, at);
    return probeAt(name, place, run, isProbe ? {} : { explain: explaining(place) });
  }

  *readdir(path: string): Composite<readonly Dirent[]> {
    const run = (op: Operation, at: TreePath) => this.tree.kernel.readdir(op, at);
    const entries = yield* probeAt(this.listing, placeOf(this.tree, path), run);
    return entries.map((entry) => direntOf(entry, path, null));
  }

  *realpath(path: string): Composite<string> {
    const run = (op: Operation, at: TreePath): TreePath => this.tree.kernel.realpath(op, at);
    return this.tree.mount.show(yield* probeAt('realpath', placeOf(this.tree, path), run));
  }

  *run<T>(name: Doing, ...args: readonly unknown[]): Composite<T> {
    return (yield* DOING[name](this.tree, ...args)) as T;
  }

  *intoDirectory(from: string, to: string, mode: number | null, fill: Composite<void>): Composite<void> {
    if (mode !== null) yield* mkdir(this.tree, to, mode);
    yield* invokeOnBoth('cp', placeOf(this.tree, from), placeOf(this.tree, to), (op, at, into) =>
      this.tree.kernel.startFrom(op, at, into),
    );
    yield* fill;
  }

  /** What is copied into a draft moves no bytes. */
  *ahead(): Composite<Ahead | null> {
    if (this.tree.mount.layout.shape.drafts) return null;
    const freshness = yield* invoke({ syscall: 'cp', run: (op) => op.freshness });
    return new TreeAhead(this.tree, freshness);
  }

  placeOf(path: string): string {
    const place = placeOf(this.tree, path);
    return place.isInside ? this.tree.mount.show(place.tree) : posix.resolve(path);
  }

  *startAt(path: string): Composite<string> {
    const real = yield* this.realpath(path);
    return real === this.placeOf(path) ? path : real;
  }

  /** Aliases stand beside units, in a tree that has them. */
  linkAt(path: string): 'alias' | 'file' {
    const { links, levels } = this.tree.mount.layout.shape;
    const place = placeOf(this.tree, path);
    return links && place.isInside && depthOf(place.tree) === levels.length ? 'alias' : 'file';
  }
}
