import { LRUCache } from 'lru-cache';
import type { Content, Entry } from '../../../contract/entry.js';
import type { Inode } from '../../namespace/inode.js';

/** Most blocks that one miss loads, however sequential the reader. */
const MOST_BLOCKS_AHEAD = 8;

/** Blocks of file contents, least recently used first out, bounded in bytes. Keyed by version: it never goes stale. */
export class PageCache {
  private readonly pages: LRUCache<string, Uint8Array>;
  /** A read never asks for more than a quarter of the cache at once, so that what it loads can be there together. */
  readonly windowBlocks: number;
  /** What a read at random takes of a large file. */
  readonly pieceBytes: number;
  private hasPieces = false;
  hits = 0;
  misses = 0;
  /** Answers of the storage, and their bytes. */
  downloads = 0;
  downloadedBytes = 0;
  /** Hears of pages that are here no longer. */
  onGone: ((key: string) => void) | null = null;

  constructor(
    cacheBytes: number,
    readonly blockBytes: number,
  ) {
    this.pages = new LRUCache({
      maxSize: Math.max(cacheBytes, blockBytes + PAGE_OVERHEAD),
      sizeCalculation: (page) => page.byteLength + PAGE_OVERHEAD,
      dispose: (_page, key, reason) => {
        if (reason !== 'set') this.onGone?.(key);
      },
    });
    this.pieceBytes = Math.ceil(blockBytes / PIECES_PER_BLOCK);
    this.windowBlocks = Math.max(1, Math.min(MOST_BLOCKS_AHEAD, Math.floor(cacheBytes / 4 / blockBytes)));
  }

  get(key: string): Uint8Array | undefined {
    return this.pages.get(key);
  }

  /** Is it here? Asking for it doesn't make it one that was used. */
  has(key: string): boolean {
    return this.pages.has(key);
  }

  /**
   * Takes in an answer of the storage about an inode's content, as it was listed when it was asked for; returns the pages.
   *
   * @param first the page that it begins with, or the piece, where `areOf` is 'pieces'
   */
  take(
    inode: Inode,
    entry: Entry,
    first: number,
    content: Content,
    areOf: 'blocks' | 'pieces' = 'blocks',
  ): ReadonlyMap<string, Uint8Array> {
    this.received(content.bytes);
    if (inode.version === entry.version) {
      inode.etag ??= content.etag;
      if (inode.local) inode.local.staleness = null;
      // Nobody knew it, or what is recorded is that of a compressed answer.
      if (inode.entry && inode.toldSize !== content.size)
        inode.entry = { ...inode.entry, size: content.size };
    }
    const known = entry.size === content.size ? entry : { ...entry, size: content.size };
    this.hasPieces ||= areOf === 'pieces';
    return this.keep(known, first, content.bytes, areOf);
  }

  /** Takes in what was read of a file, from the beginning of a page on, page by page; returns the pages. */
  keep(
    entry: Entry,
    first: number,
    bytes: Uint8Array,
    areOf: 'blocks' | 'pieces' = 'blocks',
  ): ReadonlyMap<string, Uint8Array> {
    const [size, keyOf] = areOf === 'blocks' ? [this.blockBytes, pageKey] : [this.pieceBytes, pieceKey];
    const kept = new Map<string, Uint8Array>();
    for (let index = 0; index * size < bytes.byteLength || index === 0; index++) {
      const slice = bytes.subarray(index * size, (index + 1) * size);
      // A page owns its memory: a slice would keep the whole reply alive after its neighbours were evicted.
      const page = bytes.byteLength > size ? slice.slice() : slice;
      const key = keyOf(entry, first + index);
      kept.set(key, page);
      this.pages.set(key, page);
    }
    return kept;
  }

  received({ byteLength }: Uint8Array): void {
    this.downloads++;
    this.downloadedBytes += byteLength;
  }

  /** Forgets all of a file. */
  drop(entry: Entry): void {
    const size = entry.size ?? 0;
    for (let block = 0; block === 0 || block * this.blockBytes < size; block++)
      this.pages.delete(pageKey(entry, block));
    if (!this.hasPieces) return;
    for (let piece = 0; piece * this.pieceBytes < size; piece++) this.pages.delete(pieceKey(entry, piece));
  }

  clear(): void {
    this.pages.clear();
  }

  get bytes(): number {
    return this.pages.calculatedSize;
  }
}

export const PIECES_PER_BLOCK = 16;

/** Keys and list nodes; keeps a million empty pages from being free. */
const PAGE_OVERHEAD = 256;

/**
 * Equal content has equal keys where the version is a digest; any other version speaks of its own path alone. It is read to
 * the end that its size tells, and sizes are claims: who was told another one asks the storage himself.
 */
export const pageKey = ({ version, path, size }: Entry, block: number | string): string =>
  `${/^(md5|xxh128):/.test(version) ? '' : `${path}\0`}${version}\0${size}#${block}`;

export const pieceKey = (entry: Entry, piece: number): string => pageKey(entry, `piece${piece}`);
