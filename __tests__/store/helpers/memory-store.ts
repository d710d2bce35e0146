import { setTimeout } from 'node:timers/promises';
import type { Lookup } from '../../../src/contract/entry.js';
import { Failure } from '../../../src/contract/failure.js';
import type { Store } from '../../../src/contract/store.js';
import { depthOf, parentOf, ROOT, type TreePath, treePath } from '../../../src/contract/tree-path.js';
import type { OpenSource, Signalled, Ticket } from '../../../src/contract/uploads.js';
import { md5Of } from '../../../src/store/common/rows.js';
import { piecesOf } from '../../../src/store/common/sources.js';
import { MEMORY_SHAPE, MemoryTree, UNIT_DEPTH } from './memory-tree.js';

export interface MemoryStoreOptions {
  /** Files that are there from the start, by path; the directories above them come with them. @default {} */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Directories at or above the unit that hold nothing yet. @default [] */
  readonly directories?: readonly string[];
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

/** A remote that lives in this process. Foreign writers are played through `write`. */
export interface MemoryStore
  extends Required<
    Omit<
      Store,
      'commit' | 'symlink' | 'info' | 'signedUrl' | 'find' | 'consoleLines' | 'page' | 'alike' | 'onWarning'
    >
  > {
  /** Somebody else writes a file: bytes and listing at once. */
  write(path: TreePath, content: string | Uint8Array): void;
  /** What the storage holds at a path, listed or not. */
  bytes(path: TreePath): Uint8Array | null;
  /** Every file that was ever declared or written and not removed, listed or not. */
  names(): TreePath[];
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
  const tree = new MemoryTree(now);
  const write = (path: TreePath, content: string | Uint8Array): void => {
    tree.makeDirectories(parentOf(path));
    tree.put(path, new Uint8Array(typeof content === 'string' ? Buffer.from(content) : content), null);
    tree.show(path);
  };

  /** The answer comes later, unless the caller has left by then. */
  const answered = async (signal: Signalled['signal']): Promise<void> => {
    await (latencyMs > 0 ? setTimeout(latencyMs) : null);
    if (signal?.aborted) throw new Failure('ECANCELED');
  };

  for (const path of directories) tree.makeDirectories(treePath(path));
  for (const [path, content] of Object.entries(files)) write(treePath(path), content);

  return {
    shape: MEMORY_SHAPE,
    write,
    bytes: (path) => tree.bytes(path),
    names: () => tree.names(),

    async lookup(path, { listing, signal }): Promise<Lookup> {
      await answered(signal);
      const ancestors = tree.above(path);
      const unit = tree.unitOf(path);
      let found: Lookup['found'];
      if (depthOf(path) <= UNIT_DEPTH) found = tree.directory(path);
      else found = tree.file(path) ?? (tree.filesBelow(path).length > 0 ? 'prefix' : null);
      if (!listing || unit === null || !tree.directory(unit)) return { found, ancestors, listing: null };
      const entries = tree.filesBelow(unit);
      return {
        found,
        ancestors,
        listing: { entries: entries.slice(0, pageSize), isComplete: entries.length <= pageSize },
      };
    },

    async *list(path, { signal }) {
      await answered(signal);
      if (!tree.directory(path)) throw new Failure('ENOENT');
      const entries = depthOf(path) === UNIT_DEPTH ? tree.filesBelow(path) : tree.children(path);
      for (let start = 0; start < entries.length; start += pageSize) {
        if (start > 0) await answered(signal);
        yield entries.slice(start, start + pageSize);
      }
    },

    async read(entry, { start, end }, { etag, signal }) {
      await answered(signal);
      const bytes = tree.stored(entry.path);
      const md5 = md5Of(bytes);
      if (etag !== null && etag !== md5) throw new Failure('ESTALE', 'The file was changed on the server.');
      const isOtherSize = entry.size !== null && entry.size !== bytes.byteLength;
      const isWhole = start === 0 && end >= bytes.byteLength;
      if (isOtherSize || (isWhole && entry.md5 !== null && entry.md5 !== md5)) throw differs();
      return { bytes: bytes.slice(start, end), etag: md5, size: bytes.byteLength };
    },

    async readNewest(entry, { limit, signal }) {
      await answered(signal);
      const bytes = tree.stored(entry.path);
      if (bytes.byteLength > limit) throw differs();
      const md5 = md5Of(bytes);
      return { bytes: bytes.slice(), etag: md5, size: bytes.byteLength, md5 };
    },

    uploads: {
      async declare(paths, { signal }) {
        await answered(signal);
        for (const path of paths) if (!tree.directory(tree.unitOf(path) ?? ROOT)) throw new Failure('ENOENT');
        return paths.map((path): Ticket => {
          tree.declare(path);
          return { path, url: `memory:${path}`, headers: {} };
        });
      },
      async put({ path }, source, { signal, onProgress }) {
        await answered(signal);
        const bytes = await bytesOf(source, signal);
        tree.put(path, bytes, typeof finalize === 'string' ? null : now() + finalize.delayMs);
        onProgress?.(bytes.byteLength);
        if (finalize === 'put') tree.show(path);
        return { md5: md5Of(bytes) };
      },
      async finish(tickets, { signal }) {
        await answered(signal);
        if (finalize === 'mark') for (const { path } of tickets) tree.show(path);
      },
    },

    async remove(removed, { signal }) {
      await answered(signal);
      for (const { path } of removed) tree.removeFile(path);
    },

    async mkdir(path, { signal }) {
      await answered(signal);
      if (depthOf(path) > UNIT_DEPTH)
        throw new Failure('ENOTSUP', 'Directories below a unit are prefixes of files.');
      if (tree.directory(path)) throw new Failure('EEXIST');
      if (!tree.directory(parentOf(path))) throw new Failure('ENOENT');
      return tree.makeDirectories(path);
    },

    async rmdir(path, { signal }) {
      await answered(signal);
      if (!tree.removeDirectory(path)) throw new Failure('ENOENT');
    },

    async close() {},
  };
}

const differs = (): Failure => new Failure('EBADMSG', 'The bytes differ from what the server lists.');

async function bytesOf(source: OpenSource, signal: Signalled['signal']): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of piecesOf(source)) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  if (signal?.aborted) throw new Failure('ECANCELED');
  return new Uint8Array(bytes);
}
