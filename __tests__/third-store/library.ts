import { createHash } from 'node:crypto';
import type { Entry } from '../../src/contract/entry.js';
import { Failure } from '../../src/contract/failure.js';
import type { Store } from '../../src/contract/store.js';
import {
  depthOf,
  isBelow,
  segmentsOf,
  type TreePath,
  treePath,
  upperPath,
} from '../../src/contract/tree-path.js';
import type { TreeShape } from '../../src/contract/tree-shape.js';
import type { Layout } from '../../src/node/arguments/layout.js';

/** `<library>/<shelf>/<book>/<chapter>/<page…>`, to be read only. */
export const LIBRARY_SHAPE: TreeShape = {
  kind: 'library',
  keeper: 'Libris',
  levels: ['library', 'shelf', 'book', 'chapter'].map((name) => ({ name, howMade: null })),
  partialDepth: 0,
  frozen: { from: 0, reason: 'Readers change nothing in a library.' },
  areUnitsImmutable: false,
  links: null,
  drafts: null,
  refusals: {
    file: 'Pages are bound into chapters.',
    move: 'Pages stay in their chapter.',
    commit: 'Chapters are written elsewhere.',
    symlink: 'A library holds no symbolic links.',
  },
};

/** Nobody else writes its paths. */
export const LIBRARY: Layout = {
  shape: LIBRARY_SHAPE,
  fromAddress: () => null,
  fromSdk: (names) => names,
  toApp: (names) => names,
  rewritten: () => null,
};

export interface Library extends Store {
  /** What was asked for, such as 'list city/fiction'. */
  readonly asked: string[];
  /** Binds a page, replacing what is there; what is above it comes with it. */
  bind(path: TreePath, text: string | Uint8Array): void;
  open(directory: TreePath): void;
}

const UNIT_DEPTH = LIBRARY_SHAPE.levels.length;
const PAGES_AT_ONCE = 2;

export function createLibrary(pages: Readonly<Record<string, string>> = {}): Library {
  const bound = new Map<TreePath, Uint8Array>();
  const directories = new Set<TreePath>();
  const asked: string[] = [];
  const openedAt = Date.now();

  const open = (directory: TreePath): void => {
    for (const path of [...above(directory), directory]) directories.add(path);
  };
  const bind = (path: TreePath, text: string | Uint8Array): void => {
    open(upperPath(path, UNIT_DEPTH));
    bound.set(path, new Uint8Array(Buffer.from(text)));
  };
  const entryAt = (path: TreePath): Entry | null => {
    const bytes = bound.get(path);
    if (bytes) return entry(path, 'file', openedAt, bytes);
    return directories.has(path) ? entry(path, 'directory', openedAt) : null;
  };
  const entriesBelow = (paths: Iterable<TreePath>, directory: TreePath): Entry[] =>
    [...paths].filter((path) => isBelow(path, directory)).flatMap((path) => entryAt(path) ?? []);
  const ask = async (question: string, signal: AbortSignal | undefined): Promise<void> => {
    asked.push(question);
    // Never in the turn of the question.
    await null;
    if (signal?.aborted) throw new Failure('ECANCELED');
  };
  for (const [path, text] of Object.entries(pages)) bind(treePath(path), text);

  return {
    shape: LIBRARY_SHAPE,
    asked,
    bind,
    open,

    async lookup(path, { listing, signal }) {
      await ask(`lookup ${path}`, signal);
      const unit = upperPath(path, UNIT_DEPTH);
      const isListed = listing && depthOf(path) >= UNIT_DEPTH && directories.has(unit);
      return {
        found: entryAt(path) ?? (entriesBelow(bound.keys(), path).length > 0 ? 'prefix' : null),
        ancestors: above(path)
          .slice(0, UNIT_DEPTH)
          .flatMap((each) => (directories.has(each) ? (entryAt(each) ?? []) : [])),
        listing: isListed ? { entries: entriesBelow(bound.keys(), unit), isComplete: true } : null,
      };
    },

    async *list(path, { signal }) {
      await ask(`list ${path}`, signal);
      if (path !== '' && !directories.has(path)) throw new Failure('ENOENT');
      const depth = depthOf(path);
      const entries =
        depth === UNIT_DEPTH
          ? entriesBelow([...bound.keys()].sort(), path)
          : entriesBelow(directories, path).filter((each) => depthOf(each.path) === depth + 1);
      for (let start = 0; start < entries.length; start += PAGES_AT_ONCE)
        yield entries.slice(start, start + PAGES_AT_ONCE);
    },

    async read({ path, size, md5 }, { start, end }, { etag, signal }) {
      await ask(`read ${path}`, signal);
      const bytes = bound.get(path);
      if (!bytes || (etag !== null && etag !== md5Of(bytes))) throw new Failure('ESTALE');
      if (size !== bytes.byteLength || (start === 0 && end >= size && md5 !== md5Of(bytes)))
        throw new Failure('EBADMSG');
      return { bytes: bytes.slice(start, end), etag: md5Of(bytes), size };
    },

    async readNewest({ path }, { limit, signal }) {
      await ask(`read ${path}`, signal);
      const bytes = bound.get(path);
      if (!bytes) throw new Failure('ESTALE');
      if (bytes.byteLength > limit) throw new Failure('EBADMSG');
      return { bytes: bytes.slice(), etag: md5Of(bytes), size: bytes.byteLength, md5: md5Of(bytes) };
    },
  };
}

const above = (path: TreePath): TreePath[] =>
  segmentsOf(path)
    .slice(0, -1)
    .map((_, index) => upperPath(path, index + 1));

const md5Of = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('base64');

function entry(
  path: TreePath,
  kind: 'file' | 'directory',
  at: number,
  bytes: Uint8Array | null = null,
): Entry {
  const md5 = bytes && md5Of(bytes);
  return {
    path,
    kind,
    size: bytes?.byteLength ?? null,
    mtimeMs: at,
    birthtimeMs: at,
    version: md5 === null ? 'directory' : `md5:${md5}`,
    md5,
    id: null,
    isReadOnly: false,
  };
}
