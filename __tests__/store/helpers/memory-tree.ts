import type { Entry } from '../../../src/contract/entry.js';
import { Failure } from '../../../src/contract/failure.js';
import {
  depthOf,
  isBelow,
  parentOf,
  ROOT,
  segmentsOf,
  type TreePath,
  upperPath,
} from '../../../src/contract/tree-path.js';
import type { TreeShape } from '../../../src/contract/tree-shape.js';
import { contentVersion, directoryEntry, md5Of } from '../../../src/store/common/rows.js';
import { RUNS_SHAPE } from '../../../src/store/runs/shape.js';

/** The shape of runs, but every listing is whole. */
export const MEMORY_SHAPE: TreeShape = { ...RUNS_SHAPE, kind: 'memory', partialDepth: 0 };

export const UNIT_DEPTH = MEMORY_SHAPE.levels.length;

/** One name at the remote. */
interface Row {
  readonly id: string;
  /** What listings show; null while the file is only declared. */
  entry: Entry | null;
  bytes: Uint8Array | null;
  /** Bytes that came but aren't listed: when they will be, in milliseconds since the epoch. */
  listedAt: number | null;
}

const ROOT_ENTRY = directoryEntry(ROOT, { id: 'root', createdAt: new Date(0).toISOString() });

/** What a remote in memory holds: directories down to units, and files, each listed or not. */
export class MemoryTree {
  private readonly rows = new Map<TreePath, Row>();
  private readonly directories = new Map<TreePath, Entry>();
  private serial = 0;

  constructor(private readonly now: () => number) {}

  /** All names that were declared and not removed. */
  names(): TreePath[] {
    return [...this.rows.keys()].sort();
  }

  bytes(path: TreePath): Uint8Array | null {
    return this.rows.get(path)?.bytes ?? null;
  }

  /** Throws ESTALE where the storage holds nothing. */
  stored(path: TreePath): Uint8Array {
    const bytes = this.bytes(path);
    if (!bytes) throw new Failure('ESTALE', 'The file was removed on the server.');
    return bytes;
  }

  /** The file that listings show, if any. */
  file(path: TreePath): Entry | null {
    const row = this.rows.get(path);
    if (row && row.listedAt !== null && row.listedAt <= this.now()) this.show(path);
    return row?.entry ?? null;
  }

  filesBelow(path: TreePath): Entry[] {
    return this.names()
      .filter((name) => isBelow(name, path))
      .flatMap((name) => this.file(name) ?? []);
  }

  directory(path: TreePath): Entry | null {
    return path === ROOT ? ROOT_ENTRY : (this.directories.get(path) ?? null);
  }

  /** The directories above a path, outermost first. */
  above(path: TreePath): Entry[] {
    return prefixesOf(parentOf(path)).flatMap((prefix) => this.directories.get(prefix) ?? []);
  }

  /** The unit that a path is in, or is. */
  unitOf(path: TreePath): TreePath | null {
    return prefixesOf(path)[UNIT_DEPTH - 1] ?? null;
  }

  children(path: TreePath): Entry[] {
    const depth = depthOf(path) + 1;
    return [...this.directories.values()].filter(
      (entry) => isBelow(entry.path, path) && depthOf(entry.path) === depth,
    );
  }

  /** The directory with those above it, as far as they are missing and not below the unit. */
  makeDirectories(path: TreePath): Entry {
    let made = ROOT_ENTRY;
    const createdAt = new Date(this.now()).toISOString();
    for (const prefix of prefixesOf(path).slice(0, UNIT_DEPTH)) {
      made = this.directories.get(prefix) ?? directoryEntry(prefix, { id: `${++this.serial}`, createdAt });
      this.directories.set(prefix, made);
    }
    return made;
  }

  declare(path: TreePath): Row {
    const unlisted = { entry: null, bytes: null, listedAt: null };
    const row = this.rows.get(path) ?? { id: `file${++this.serial}`, ...unlisted };
    this.rows.set(path, row);
    return row;
  }

  /** @param listedAt when listings show the bytes, in milliseconds since the epoch; null: when they are told to */
  put(path: TreePath, bytes: Uint8Array, listedAt: number | null): void {
    const row = this.declare(path);
    row.bytes = bytes;
    row.listedAt = listedAt;
  }

  /** Lists what the storage holds. */
  show(path: TreePath): void {
    const row = this.rows.get(path);
    if (!row) return;
    row.listedAt = null;
    const { bytes, id, entry } = row;
    if (!bytes) return;
    const now = this.now();
    const times = { mtimeMs: now, birthtimeMs: entry?.birthtimeMs ?? now };
    const md5 = md5Of(bytes);
    const size = bytes.byteLength;
    const version = contentVersion({ md5, size, updatedAt: new Date(now).toISOString() });
    row.entry = { path, kind: 'file', size, ...times, version, md5, id, isReadOnly: false };
  }

  removeFile(path: TreePath): void {
    this.rows.delete(path);
  }

  /** With all that is below; false: there is none. */
  removeDirectory(path: TreePath): boolean {
    if (!this.directories.delete(path)) return false;
    for (const name of [...this.directories.keys()]) if (isBelow(name, path)) this.directories.delete(name);
    for (const name of [...this.rows.keys()]) if (isBelow(name, path)) this.rows.delete(name);
    return true;
  }
}

/** The path and every directory above it, outermost first, without the root. */
function prefixesOf(path: TreePath): TreePath[] {
  const segments = segmentsOf(path);
  return segments.map((_, index) => upperPath(path, index + 1));
}
