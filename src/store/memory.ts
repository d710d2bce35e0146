import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Entry, Lookup } from '../contract/entry.js';
import { Failure } from '../contract/failure.js';
import type { Store } from '../contract/store.js';
import type { TreePath } from '../contract/tree-path.js';
import { depthOf, isBelow, parentOf, segmentsOf } from '../contract/tree-path.js';
import type { OpenSource, Signalled, Ticket } from '../contract/uploads.js';
import { filePieces } from '../wire/transport/file-pieces.js';
import { MEMORY_SHAPE } from './runs/shape.js';
import { contentVersion } from './version.js';

export interface MemoryStoreOptions {
  /** Files that are there from the start, by path; the directories above them come with them. @default {} */
  readonly files?: Readonly<Record<TreePath, string | Uint8Array>>;
  /** Directories at or above the unit that hold nothing yet. @default [] */
  readonly directories?: readonly TreePath[];
  /** Entries of one page of a listing. @default 1000 */
  readonly pageSize?: number;
  /**
   * When a listing shows an upload: as soon as the bytes are there, when it is finished, or that many milliseconds
   * after the bytes came. Reads see new bytes at once, as at a real storage. @default 'put'
   */
  readonly finalize?: 'put' | 'mark' | { readonly delayMs: number };
  /** How long each request takes, in milliseconds. @default 0 */
  readonly latencyMs?: number;
}

const unitDepth = MEMORY_SHAPE.levels.length;

/** A remote that lives in this process. Foreign writers are played through `write`. */
export interface MemoryStore
  extends Required<
    Omit<Store, 'commit' | 'symlink' | 'info' | 'signedUrl' | 'find' | 'alike' | 'onWarning'>
  > {
  /** Somebody else writes a file: bytes and listing at once. */
  write(path: TreePath, content: string | Uint8Array): void;
  /** What the storage holds at a path, listed or not. */
  bytes(path: TreePath): Uint8Array | null;
  /** Every file that was ever declared or written and not removed, listed or not. */
  names(): TreePath[];
}

/** One name at the remote. */
interface Row {
  readonly id: string;
  /** What listings show; null while the file is only declared. */
  entry: Entry | null;
  bytes: Uint8Array | null;
  /** Bytes that came but aren't listed: when they will be, in milliseconds since the epoch. */
  listedAt: number | null;
}

/** A complete store in memory. It never answers in the turn of the request, as a network doesn't. */
export function createMemoryStore(
  options: MemoryStoreOptions & {
    /** Milliseconds since the epoch. @default Date.now */
    readonly now?: () => number;
  } = {},
): MemoryStore {
  const {
    files = {},
    directories = [],
    pageSize = 1000,
    finalize = 'put',
    latencyMs = 0,
    now = Date.now,
  } = options;
  const rows = new Map<TreePath, Row>();
  const made = new Map<TreePath, Entry>();
  let serial = 0;

  const makeDirectories = (path: TreePath): void => {
    for (const prefix of prefixesOf(path).slice(0, unitDepth)) {
      if (!made.has(prefix)) made.set(prefix, directoryEntry(prefix, now(), `directory${++serial}`));
    }
  };
  const declare = (path: TreePath): Row => {
    const row = rows.get(path) ?? { id: `file${++serial}`, entry: null, bytes: null, listedAt: null };
    rows.set(path, row);
    return row;
  };
  const list = (path: TreePath, row: Row): void => {
    row.listedAt = null;
    if (row.bytes) row.entry = fileEntry(path, row.bytes, row.id, row.entry?.birthtimeMs ?? now(), now());
  };
  const listed = (path: TreePath): Entry | null => {
    const row = rows.get(path);
    if (row && row.listedAt !== null && row.listedAt <= now()) list(path, row);
    return row?.entry ?? null;
  };
  const filesBelow = (path: TreePath): Entry[] =>
    [...rows.keys()]
      .filter((name) => isBelow(name, path))
      .sort()
      .flatMap((name) => listed(name) ?? []);
  const directoryAt = (path: TreePath): Entry | null =>
    path === '' ? directoryEntry('', 0, 'root') : (made.get(path) ?? null);
  const write = (path: TreePath, content: string | Uint8Array): void => {
    makeDirectories(parentOf(path));
    const row = declare(path);
    row.bytes = new Uint8Array(typeof content === 'string' ? Buffer.from(content) : content);
    list(path, row);
  };

  /** The answer comes later, unless the caller has left by then. */
  const answered = async (signal: Signalled['signal']): Promise<void> => {
    await (latencyMs > 0 ? setTimeout(latencyMs) : null);
    if (signal?.aborted) throw new Failure('ECANCELED');
  };

  for (const path of directories) makeDirectories(path);
  for (const [path, content] of Object.entries(files)) write(path, content);

  return {
    shape: MEMORY_SHAPE,
    write,
    bytes: (path) => rows.get(path)?.bytes ?? null,
    names: () => [...rows.keys()].sort(),

    async lookup(path, { listing, signal }): Promise<Lookup> {
      await answered(signal);
      const ancestors = prefixesOf(path)
        .slice(0, -1)
        .flatMap((prefix) => made.get(prefix) ?? []);
      const unit = prefixesOf(path)[unitDepth - 1] ?? null;
      let found: Lookup['found'];
      if (depthOf(path) <= unitDepth) found = directoryAt(path);
      else found = listed(path) ?? (filesBelow(path).length > 0 ? 'prefix' : null);
      if (!listing || unit === null || !directoryAt(unit)) return { found, ancestors, listing: null };
      const entries = filesBelow(unit);
      return {
        found,
        ancestors,
        listing: { entries: entries.slice(0, pageSize), isComplete: entries.length <= pageSize },
      };
    },

    async *list(path, { signal }) {
      await answered(signal);
      if (!directoryAt(path)) throw new Failure('ENOENT');
      const depth = depthOf(path);
      const entries =
        depth === unitDepth
          ? filesBelow(path)
          : [...made.values()].filter(
              (entry) => isBelow(entry.path, path) && depthOf(entry.path) === depth + 1,
            );
      for (let start = 0; start < entries.length; start += pageSize) {
        if (start > 0) await answered(signal);
        yield entries.slice(start, start + pageSize);
      }
    },

    async read(entry, { start, end }, { etag, signal }) {
      await answered(signal);
      const bytes = rows.get(entry.path)?.bytes;
      if (!bytes) throw new Failure('ESTALE', 'The file was removed on the server.');
      const md5 = md5Of(bytes);
      if (etag !== null && etag !== md5) throw new Failure('ESTALE', 'The file was changed on the server.');
      const isOtherSize = entry.size !== null && entry.size !== bytes.byteLength;
      const isWhole = start === 0 && end >= bytes.byteLength;
      if (isOtherSize || (isWhole && entry.md5 !== null && entry.md5 !== md5)) {
        throw new Failure('EBADMSG', 'The bytes differ from what the server lists.');
      }
      return { bytes: bytes.slice(start, end), etag: md5, size: bytes.byteLength };
    },

    async readNewest(entry, { limit, signal }) {
      await answered(signal);
      const bytes = rows.get(entry.path)?.bytes;
      if (!bytes) throw new Failure('ESTALE', 'The file was removed on the server.');
      if (bytes.byteLength > limit)
        throw new Failure('EBADMSG', 'The bytes differ from what the server lists.');
      const md5 = md5Of(bytes);
      return { bytes: bytes.slice(), etag: md5, size: bytes.byteLength, md5 };
    },

    uploads: {
      async declare(paths, { signal }) {
        await answered(signal);
        for (const path of paths) {
          if (!directoryAt(prefixesOf(path)[unitDepth - 1] ?? '')) throw new Failure('ENOENT');
        }
        return paths.map((path): Ticket => {
          declare(path);
          return { path, url: `memory:${path}`, headers: {} };
        });
      },
      async put({ path }, source, { signal, onProgress }) {
        await answered(signal);
        const bytes = await bytesOf(source, signal);
        const row = declare(path);
        row.bytes = bytes;
        onProgress?.(bytes.byteLength);
        if (finalize === 'put') list(path, row);
        else if (finalize !== 'mark') row.listedAt = now() + finalize.delayMs;
        return { md5: md5Of(bytes) };
      },
      async finish(tickets, { signal }) {
        await answered(signal);
        if (finalize !== 'mark') return;
        for (const { path } of tickets) {
          const row = rows.get(path);
          if (row) list(path, row);
        }
      },
    },

    async remove(removed, { signal }) {
      await answered(signal);
      for (const { path } of removed) rows.delete(path);
    },

    async mkdir(path, { signal }) {
      await answered(signal);
      if (depthOf(path) > unitDepth)
        throw new Failure('ENOTSUP', 'Directories below a unit are prefixes of files.');
      if (directoryAt(path)) throw new Failure('EEXIST');
      if (!directoryAt(parentOf(path))) throw new Failure('ENOENT');
      makeDirectories(path);
      return made.get(path) ?? directoryEntry(path, now(), path);
    },

    async rmdir(path, { signal }) {
      await answered(signal);
      if (!made.delete(path)) throw new Failure('ENOENT');
      for (const name of [...made.keys()]) if (isBelow(name, path)) made.delete(name);
      for (const name of [...rows.keys()]) if (isBelow(name, path)) rows.delete(name);
    },

    async close() {},
  };
}

async function bytesOf(source: OpenSource, signal: Signalled['signal']): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  if (source.kind === 'bytes') parts.push(source.bytes);
  else {
    const range = { start: 0, end: source.size, pieceBytes: 1024 * 1024 };
    for await (const piece of filePieces(source.fd, range)) parts.push(piece);
  }
  const bytes = Buffer.concat(parts);
  if (signal?.aborted) throw new Failure('ECANCELED');
  return new Uint8Array(bytes);
}

function fileEntry(
  path: TreePath,
  bytes: Uint8Array,
  id: string,
  birthtimeMs: number,
  mtimeMs: number,
): Entry {
  const size = bytes.byteLength;
  const md5 = md5Of(bytes);
  const version = contentVersion({ md5, size, updatedAt: new Date(mtimeMs).toISOString() });
  return { path, kind: 'file', size, mtimeMs, birthtimeMs, version, md5, id, isReadOnly: false };
}

function directoryEntry(path: TreePath, at: number, id: string): Entry {
  const times = { mtimeMs: at, birthtimeMs: at };
  return {
    path,
    kind: 'directory',
    size: null,
    ...times,
    version: 'directory',
    md5: null,
    id,
    isReadOnly: false,
  };
}

const md5Of = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('base64');

/** The path and every directory above it, outermost first, without the root. */
function prefixesOf(path: TreePath): TreePath[] {
  const segments = segmentsOf(path);
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'));
}
