import { LRUCache } from 'lru-cache';
import type { Entry } from '../../../contract/entry.js';
import { Failure } from '../../../contract/failure.js';
import type { Core } from '../../core.js';
import type { OpenFile } from '../../descriptors.js';
import type { Inode } from '../../namespace/inode.js';
import { Fault, type Operation } from '../../operation/operation.js';

/** Most blocks that one miss loads, however sequential the reader. */
const MOST_BLOCKS_AHEAD = 8;

/** Blocks of file contents, least recently used first out, bounded in bytes. Keyed by version: it never goes stale. */
export class PageCache {
  private readonly pages: LRUCache<string, Uint8Array>;
  /** A read never asks for more than a quarter of the cache at once, so that what it loads can be there together. */
  readonly windowBlocks: number;
  hits = 0;
  misses = 0;
  /** Answers of the storage, and their bytes. */
  downloads = 0;
  downloadedBytes = 0;

  constructor(
    cacheBytes: number,
    readonly blockBytes: number,
  ) {
    this.pages = new LRUCache({
      maxSize: Math.max(cacheBytes, blockBytes + PAGE_OVERHEAD),
      sizeCalculation: (page) => page.byteLength + PAGE_OVERHEAD,
    });
    this.windowBlocks = Math.max(1, Math.min(MOST_BLOCKS_AHEAD, Math.floor(cacheBytes / 4 / blockBytes)));
  }

  get(key: string): Uint8Array | undefined {
    return this.pages.get(key);
  }

  set(key: string, page: Uint8Array): void {
    this.pages.set(key, page);
  }

  received({ byteLength }: Uint8Array): void {
    this.downloads++;
    this.downloadedBytes += byteLength;
  }

  /** Forgets all of a file. */
  drop(entry: Entry): void {
    for (let block = 0; block === 0 || block * this.blockBytes < (entry.size ?? 0); block++)
      this.pages.delete(pageKey(entry, block));
  }

  clear(): void {
    this.pages.clear();
  }

  get bytes(): number {
    return this.pages.calculatedSize;
  }
}

/** Keys and list nodes; keeps a million empty pages from being free. */
const PAGE_OVERHEAD = 256;

/**
 * Equal content has equal keys where the version is a digest; any other version speaks of its own path alone. It is read to
 * the end that its size tells, and sizes are claims: who was told another one asks the storage himself.
 */
const pageKey = ({ version, path, size }: Entry, block: number): string =>
  `${/^(md5|xxh128):/.test(version) ? '' : `${path}\0`}${version}\0${size}#${block}`;

/**
 * Copies bytes of a remote file into `target`, from pages; faults on the first that isn't here. Returns the bytes
 * copied, fewer than asked only at the file's end. `op.state` isn't touched: the caller goes on where it was.
 */
export function readPage(
  core: Core,
  op: Operation,
  inode: Inode,
  position: number,
  target: Uint8Array,
  readAhead: OpenFile['readAhead'] | null,
): number {
  const { entry } = inode;
  // The server lists no such file (any more), and nothing was kept of it.
  if (!entry) throw new Failure('ESTALE', 'The file was removed on the server while it was open here.');
  if (entry.size !== null && position >= entry.size) return 0;
  const { blockBytes } = core.pages;
  const block = Math.floor(position / blockBytes);
  const key = pageKey(entry, block);
  const page = core.pages.get(key) ?? op.pages.get(key);
  if (!page) {
    core.pages.misses++;
    throw pageFault(core, op, inode, entry, block, position + target.byteLength, readAhead);
  }
  core.pages.hits++;
  const from = position - block * blockBytes;
  const bytes = page.subarray(from, from + target.byteLength);
  target.set(bytes);
  return bytes.byteLength;
}

function pageFault(
  core: Core,
  op: Operation,
  inode: Inode,
  entry: Entry,
  block: number,
  wantedEnd: number,
  readAhead: OpenFile['readAhead'] | null,
): Fault {
  const { blockBytes, windowBlocks } = core.pages;
  const wanted = Math.ceil(wantedEnd / blockBytes) - block;
  let ahead = wanted;
  if (readAhead) {
    readAhead.blocks = readAhead.next === block ? Math.min(windowBlocks, readAhead.blocks * 2) : 1;
    ahead = Math.max(wanted, readAhead.blocks);
  }
  // A file of unknown size tells it with its first block.
  const count = entry.size === null ? 1 : Math.min(ahead, windowBlocks);
  if (readAhead) readAhead.next = block + count;
  const start = block * blockBytes;
  const end = entry.size === null ? start + blockBytes : Math.min(entry.size, (block + count) * blockBytes);
  // By the first block: whoever else needs it waits, however far this one reads ahead.
  const key = `pages:${pageKey(entry, block)}`;
  return new Fault(key, () => {
    const load = core.loads.start(
      key,
      'read',
      { entry, start, end, etag: inode.etag },
      (content, failure) => {
        if (!content) {
          if (failure?.code !== 'ESTALE' && failure?.code !== 'EBADMSG') return failure;
          // The listing is older than the bytes, or the bytes are broken: the reader looks again (`staleness.ts`).
          const local = inode.ensureLocal();
          local.staleness = { entry, failure, times: (local.staleness?.times ?? 0) + 1, isAskedAnew: false };
          return null;
        }
        core.pages.received(content.bytes);
        if (inode.entry?.version === entry.version) {
          inode.etag ??= content.etag;
          if (inode.local) inode.local.staleness = null;
          // Nobody knew it, or what is recorded is that of a compressed answer.
          if (inode.entry.size !== content.size) inode.entry = { ...inode.entry, size: content.size };
        }
        const read = entry.size === content.size ? entry : { ...entry, size: content.size };
        for (const [pageKey, page] of keepPages(core, read, block, content.bytes))
          op.pages.set(pageKey, page);
        return null;
      },
    );
    op.pages.clear();
    return load;
  });
}

/** Puts what was read of a file, from the beginning of a block on, into the cache, page by page. */
export function keepPages(
  core: Core,
  entry: Entry,
  block: number,
  bytes: Uint8Array,
): ReadonlyMap<string, Uint8Array> {
  const { blockBytes } = core.pages;
  const kept = new Map<string, Uint8Array>();
  for (let index = 0; index * blockBytes < bytes.byteLength || index === 0; index++) {
    const slice = bytes.subarray(index * blockBytes, (index + 1) * blockBytes);
    // A page owns its memory: a slice would keep the whole reply alive after its neighbours were evicted.
    const page = bytes.byteLength > blockBytes ? slice.slice() : slice;
    kept.set(pageKey(entry, block + index), page);
    core.pages.set(pageKey(entry, block + index), page);
  }
  return kept;
}
