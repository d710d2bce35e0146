import type { Dirent, Stats } from 'node:fs';
import { posix, resolve } from 'node:path';
import { disk } from '../../../platform/disk.js';
import { retold } from '../../arguments/errors.js';
import { asLocalPath, asPath } from '../../arguments/paths.js';
import { invalidArgumentType } from '../../arguments/refusals.js';
import { asObject, isFunction } from '../../arguments/validate.js';
import { Filesystem } from '../../mounts/filesystem.js';
import type { TreeEnd } from './tree-end.js';

/** Who mirrors. */
export interface Own {
  /** What paths alone are of. */
  readonly own: object;
  /** Null for fs objects that are no trees. */
  readonly endOf: (fs: object) => TreeEnd | null;
}

/** One side of a mirror: a path in a filesystem, whose calls are made by its members. */
export class End {
  private constructor(
    readonly files: Filesystem,
    /** Absolute, where the filesystem isn't somebody else's. */
    readonly path: string,
    /** As the caller wrote it. */
    readonly given: string,
    /** Null: it is no tree of W&B. */
    readonly tree: TreeEnd | null,
  ) {}

  static of(value: unknown, name: 'from' | 'to', { own, endOf }: Own): End {
    const isElsewhere = typeof value === 'object' && value !== null && 'fs' in value;
    const { fs, path } = isElsewhere ? asObject(value, name) : { fs: own, path: value };
    if (typeof fs !== 'object' || fs === null || !isFunction(Reflect.get(fs, 'open'))) {
      throw invalidArgumentType(`${name}.fs`, 'an object of the shape of node:fs', fs);
    }
    const called = isElsewhere ? `${name}.path` : name;
    const tree = endOf(fs);
    if (tree) {
      const given = asPath(path, called);
      return new End(new Filesystem(fs, true), pathIn(tree, given), given, tree);
    }
    const given = asLocalPath(path, called);
    return new End(new Filesystem(fs, false), resolve(given), given, null);
  }

  /** This machine's disk. */
  get isDisk(): boolean {
    return Reflect.get(this.files.fs, 'open') === disk.open;
  }

  isOneWith(other: End): boolean {
    return this.files.fs === other.files.fs || (this.isDisk && other.isDisk);
  }

  at(path: string): End {
    return new End(this.files, path, this.given, this.tree);
  }

  /** @param name '' for the end itself */
  pathOf(name: string): string {
    return name === '' ? this.path : posix.join(this.path, name);
  }

  stat(name: string): Promise<Stats> {
    return this.call('stat', this.pathOf(name));
  }

  readdir(name: string): Promise<Dirent[]> {
    return this.call('readdir', this.pathOf(name), { withFileTypes: true });
  }

  call<T>(member: string, ...args: readonly unknown[]): Promise<T> {
    return this.files.promise(member, args) as Promise<T>;
  }
}

function pathIn({ wandb }: TreeEnd, path: string): string {
  try {
    return wandb.pathOf(path);
  } catch (error) {
    throw retold(error, { syscall: 'mirror', path });
  }
}
