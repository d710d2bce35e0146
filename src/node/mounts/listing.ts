import type { Dirent } from 'node:fs';
import { posix } from 'node:path';
import { isMissing } from '../arguments/errors.js';
import { joined } from '../arguments/layout.js';
import { asBoolean, asOptions, type CallOptions } from '../arguments/validate.js';
import type { Composite } from '../composites/driver.js';
import { Dir } from '../results/dir.js';
import { direntOf, encodedName } from '../results/dirents.js';
import { call } from './filesystem.js';
import type { Located, MountTable } from './table.js';

type Encoding = CallOptions['encoding'];

/** Lists a directory above mount points: what its owner has in it, and the names that lead to what is mounted. */
export function readdir(
  table: MountTable,
  at: Located,
  args: readonly unknown[],
): Composite<Names | Dirent[]> {
  const options = asOptions(args[1]);
  return options.withFileTypes
    ? direntsOf(table, at, options, options.encoding)
    : namesOf(table, at, options);
}

export function opendir(table: MountTable, at: Located, args: readonly unknown[]): Composite<Dir> {
  return openedDir(table, at, asOptions(args[1]));
}

function* openedDir(table: MountTable, at: Located, options: CallOptions): Composite<Dir> {
  const entries = (yield* direntsOf(table, at, options, options.encoding)).values();
  const nextSync = (): Dirent | null => entries.next().value ?? null;
  return new Dir(at.given, { nextSync, next: async () => nextSync() });
}

type Names = (string | Buffer)[];

function* namesOf(table: MountTable, at: Located, options: CallOptions): Composite<Names> {
  // As their owners have them: what is asked for in bytes needn't be UTF-8 on a disk.
  if (!options.recursive)
    return (yield* direntsOf(table, at, options, options.encoding)).map(({ name }): string | Buffer => name);
  const start = at.path === '/' ? 1 : at.path.length + 1;
  const entries = yield* direntsOf(table, at, options, null);
  return entries.map(({ parentPath, name }) =>
    encodedName(posix.resolve(parentPath, name).slice(start), options.encoding),
  );
}

function* direntsOf(
  table: MountTable,
  top: Located,
  options: CallOptions,
  encoding: Encoding,
): Composite<Dirent[]> {
  const { recursive } = options;
  const isRecursive =
    recursive !== null && recursive !== undefined && asBoolean(recursive, 'options.recursive');
  const found: Dirent[] = [];
  const levels = [top];
  for (const level of levels) {
    const entries = yield* levelOf(table, level, encoding);
    found.push(...entries);
    if (!isRecursive) break;
    for (const entry of entries) {
      if (!entry.isDirectory()) continue;
      const below = table.locate(joined(level.given, plainName(entry, encoding)));
      if (below === null) continue;
      if (below.isAbove) levels.push(below);
      else found.push(...(yield* allBelow(below, encoding)));
    }
  }
  return found;
}

/** What holds no mount point is listed by its owner, in one call. */
function* allBelow({ owner, argument }: Located, encoding: Encoding): Composite<readonly Dirent[]> {
  return yield* call(owner, 'readdir', argument, { withFileTypes: true, recursive: true, encoding });
}

function* levelOf(table: MountTable, level: Located, encoding: Encoding): Composite<Dirent[]> {
  const mounts = table.mountsIn(level.path);
  const entries = yield* ownEntries(level, encoding, mounts.length > 0);
  return [
    ...entries.filter((entry) => !mounts.includes(plainName(entry, encoding))),
    ...mounts.map((name) => direntOf({ name, kind: 'directory' }, level.given, encoding)),
  ];
}

function* ownEntries(
  { owner, argument }: Located,
  encoding: Encoding,
  isThereAnyway: boolean,
): Composite<readonly Dirent[]> {
  try {
    return yield* call(owner, 'readdir', argument, { withFileTypes: true, encoding });
  } catch (error) {
    if (isThereAnyway && isMissing(error)) return [];
    throw error;
  }
}

function plainName(entry: Dirent, encoding: Encoding): string {
  const name: string | Buffer = entry.name;
  if (encoding === null || encoding === 'buffer') return String(name);
  return Buffer.from(String(name), encoding).toString();
}
