import type { Dirent } from 'node:fs';
import { posix } from 'node:path';
import { joined } from '../arguments/layout.js';
import { asOptions, asRecursive, asUint32, type CallOptions } from '../arguments/validate.js';
import { type Composite, driveAsync, driveSync, orNothing } from '../composites/driver.js';
import { asDirOptions } from '../composites/listing.js';
import { type Level, Walk } from '../composites/shared/walk.js';
import { Dir } from '../results/dir.js';
import { direntOf, encodedName } from '../results/dirents.js';
import { call } from './filesystem.js';
import type { Located, MountTable } from './table.js';

type Names = (string | Buffer)[];

/** Lists a directory above mount points: what its owner has in it, and the names that lead to what is mounted. */
export function readdir(
  table: MountTable,
  at: Located,
  args: readonly unknown[],
): Composite<Names | Dirent[]> {
  return listed(table, at, asOptions(args[1]));
}

export function opendir(table: MountTable, at: Located, args: readonly unknown[]): Composite<Dir> {
  return openedDir(table, at, args[1]);
}

function* openedDir(table: MountTable, at: Located, options: unknown): Composite<Dir> {
  const { bufferSize, recursive, encoding } = asDirOptions(options);
  const walk = yield* walkThrough(new MountLevel(table, at, recursive, encoding));
  asUint32(bufferSize, 'options.bufferSize', true);
  function* next(): Composite<Dirent | null> {
    return (yield* walk.next())?.entry ?? null;
  }
  return new Dir(at.given, { nextSync: () => driveSync(next()), next: () => driveAsync(next()) });
}

function* listed(table: MountTable, at: Located, options: CallOptions): Composite<Names | Dirent[]> {
  const { given, encoding } = options;
  const { withFileTypes, recursive } = given;
  const isPaths = !withFileTypes && Boolean(recursive);
  const level = new MountLevel(table, at, asRecursive(recursive), isPaths ? null : encoding);
  const walk = yield* walkThrough(level);
  const entries = (yield* walk.all()).map(({ entry }) => entry);
  if (withFileTypes) return entries;
  // As their owners have them: what is asked for in bytes needn't be UTF-8 on a disk.
  if (!isPaths) return entries.map(({ name }): string | Buffer => name);
  const start = at.path === '/' ? 1 : at.path.length + 1;
  return entries.map(({ parentPath, name }) =>
    encodedName(posix.resolve(parentPath, name).slice(start), encoding),
  );
}

const walkThrough = (level: MountLevel): Composite<Walk<Dirent, MountLevel>> => Walk.through(level);

class MountLevel implements Level<Dirent> {
  #isRead = false;
  readonly path: string;

  constructor(
    private readonly table: MountTable,
    private readonly at: Located,
    private readonly isRecursive: boolean,
    private readonly encoding: CallOptions['encoding'],
  ) {
    this.path = at.path;
  }

  *page(): Composite<readonly Dirent[] | null> {
    if (this.#isRead) return null;
    this.#isRead = true;
    const { table, at, encoding } = this;
    // What holds no mount point is listed by its owner, in one call.
    if (!at.isAbove) return yield* this.#own(this.isRecursive);
    const mounts = table.mountsIn(at.path);
    return [
      ...(yield* this.#own(false)).filter((entry) => !mounts.includes(plainName(entry, encoding))),
      ...mounts.map((name) => direntOf({ name, kind: 'directory' }, at.given, encoding)),
    ];
  }

  below(entry: Dirent): MountLevel | null {
    if (!this.isRecursive || !this.at.isAbove || !entry.isDirectory()) return null;
    const below = this.table.locate(joined(this.at.given, plainName(entry, this.encoding)));
    return below && new MountLevel(this.table, below, true, this.encoding);
  }

  /** What its owner has there; he may have nothing where something is mounted below. */
  #own(recursive: boolean): Composite<readonly Dirent[]> {
    const { owner, argument, isAbove } = this.at;
    const options = { recursive, withFileTypes: true, encoding: this.encoding };
    const listing: Composite<readonly Dirent[]> = call(owner, 'readdir', argument, options);
    return isAbove ? orNothing(listing, []) : listing;
  }
}

function plainName(entry: Dirent, encoding: CallOptions['encoding']): string {
  const name: string | Buffer = entry.name;
  if (encoding === null || encoding === 'buffer') return String(name);
  return Buffer.from(String(name), encoding).toString();
}
