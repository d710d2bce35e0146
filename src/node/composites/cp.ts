import type { Dirent } from 'node:fs';
import type { TreePath } from '../../contract/tree-path.js';
import type { Operation } from '../../kernel/operation/operation.js';
import { asPath } from '../arguments/paths.js';
import { direntOf } from '../results/dirents.js';
import { explaining, invokeOnBoth, placeOf, probeAt, type Tree } from '../tree.js';
import { utimes } from './attributes.js';
import { copyFile } from './copy-file.js';
import { mkdir } from './directories.js';
import type { Composite } from './driver.js';
import { readlink, symlink, unlink } from './names.js';
import { cpOver } from './shared/cp.js';
import { asCpSettings } from './shared/cp-settings.js';
import type { CpSteps, Look, Seen } from './shared/steps.js';

/** Copies a file, or with `recursive` a directory, inside the tree. */
export function* cp(tree: Tree, src: unknown, dest: unknown, options?: unknown): Composite<void> {
  const settings = asCpSettings(options);
  yield* cpOver(new TreeSteps(tree), asPath(src, 'src'), asPath(dest, 'dest'), settings);
}

/** A tree's primitives and the composites of one of them. */
export class TreeSteps implements CpSteps {
  constructor(private readonly tree: Tree) {}

  look(name: Look, path: string, isProbe = false): Composite<Seen> {
    const place = placeOf(this.tree, path);
    const run = (op: Operation, at: TreePath): Seen => this.tree.kernel[name](op, at);
    return probeAt(name, place, run, undefined, isProbe ? undefined : explaining(place));
  }

  *readdir(path: string, syscall: string): Composite<readonly Dirent[]> {
    const run = (op: Operation, at: TreePath) => this.tree.kernel.readdir(op, at);
    const entries = yield* probeAt(syscall, placeOf(this.tree, path), run);
    return entries.map((entry) => direntOf(entry, path, null));
  }

  *realpath(path: string): Composite<string> {
    const run = (op: Operation, at: TreePath): TreePath => this.tree.kernel.realpath(op, at);
    return this.tree.mount.show(yield* probeAt('realpath', placeOf(this.tree, path), run));
  }

  *readlink(path: string): Composite<string> {
    return String(yield* readlink(this.tree, path));
  }

  unlink(path: string): Composite<void> {
    return unlink(this.tree, path);
  }

  symlink(target: string, path: string): Composite<void> {
    return symlink(this.tree, target, path);
  }

  copyFile(from: string, to: string, mode: number): Composite<void> {
    return copyFile(this.tree, from, to, mode);
  }

  utimes(path: string, atime: number, mtime: number): Composite<void> {
    return utimes(this.tree, path, atime, mtime);
  }

  mkdirAll(path: string): Composite<unknown> {
    return mkdir(this.tree, path, { recursive: true });
  }

  *intoDirectory(from: string, to: string, mode: number | null, fill: Composite<void>): Composite<void> {
    if (mode !== null) yield* mkdir(this.tree, to, mode);
    yield* invokeOnBoth('cp', placeOf(this.tree, from), placeOf(this.tree, to), (op, at, into) =>
      this.tree.kernel.startFrom(op, at, into),
    );
    yield* fill;
  }

  placeOf(path: string): string {
    const place = placeOf(this.tree, path);
    return place.isInside ? this.tree.mount.show(place.tree) : path;
  }

  *walkFrom(path: string): Composite<string> {
    const real = yield* this.realpath(path);
    return real === this.placeOf(path) ? path : real;
  }

  isLinkFollowed(path: string): boolean {
    return this.isAliasPlace(path);
  }

  /** Beside versions, in a tree that has them. */
  isAliasPlace(path: string): boolean {
    const { links, levels } = this.tree.mount.layout.shape;
    const place = placeOf(this.tree, path);
    const segments = place.isInside ? place.tree.split('/') : [];
    return links !== null && segments.filter((name) => name !== '').length === levels.length;
  }
}
