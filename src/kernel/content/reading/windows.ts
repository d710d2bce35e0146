import type { Entry } from '../../../contract/entry.js';
import type { Core } from '../../core.js';
import type { Inode } from '../../namespace/inode.js';
import type { Load } from '../../operation/load.js';
import { pageKey } from './pages.js';

/** Windows on their way, or here and not read yet, before the one that is read. */
const MOST_WINDOWS = 3;
/** So much of the cache is for one who reads on. */
const SHARE_OF_CACHE = 2;

/** A stretch of blocks that was asked for before its reader has come to it. */
interface Window {
  readonly end: number;
  readonly load: Load;
}

/** How an open file is read: what comes next if it is read on. */
export interface Sequence {
  /** The block, or the byte, where the next miss is expected. */
  next: number;
  at: number;
  /** How many blocks the next miss loads. */
  blocks: number;
  /** How many windows are asked for ahead: one more each time that the reader has to wait for one. */
  depth: number;
  /** When the reader comes to this block, further ones are asked for. */
  turn: number;
  /** By their first blocks. */
  windows: Map<number, Window> | null;
}

/** Whose file it is, and how it is listed. */
interface Content {
  readonly inode: Inode;
  readonly entry: Entry;
}

/**
 * The reader has come to a block: asks for what comes behind all that was asked for so far.
 *
 * @param from the first block that wasn't asked for
 */
export function readOn(core: Core, { inode, entry }: Content, sequence: Sequence, block: number): void {
  const { pages, isClosed, options } = core;
  const { blockBytes } = pages;
  const windows = sequence.windows ?? new Map<number, Window>();
  sequence.windows = windows;
  for (const first of [...windows.keys()]) {
    if (first > block) continue;
    windows.delete(first);
    // What was asked for ahead is read.
    sequence.blocks = Math.min(pages.windowBlocks, sequence.blocks * 2);
  }
  const bytes = options.cacheBytes / SHARE_OF_CACHE;
  const most = Math.min(sequence.depth, Math.floor(bytes / (sequence.blocks * blockBytes)) - 1);
  const isWanted = options.readAheadBytes > 0 && entry.size !== null && !isClosed;
  while (isWanted && windows.size < most && sequence.next * blockBytes < (entry.size ?? 0)) {
    const first = sequence.next;
    const end = first + sequence.blocks;
    const key = `pages:${pageKey(entry, first)}`;
    if (core.loads.running(key) || pages.has(pageKey(entry, first))) break;
    const range = { start: first * blockBytes, end: Math.min(entry.size ?? 0, end * blockBytes) };
    const load = core.loads.start(
      key,
      'read',
      { entry, ...range, etag: inode.etag, isAhead: true },
      (content) => {
        if (content) pages.take(inode, entry, first, content);
        // Who comes to it asks again, and hears why it failed; what a busy storage refuses isn't asked for ahead any more.
        else sequence.depth = 0;
        return null;
      },
    );
    windows.set(first, { end, load });
    sequence.next = end;
  }
  sequence.turn = Math.min(Number.POSITIVE_INFINITY, ...windows.keys());
}

/** Is a block the next one that isn't here, if it is read on? */
export const isNext = ({ next, windows }: Sequence, block: number): boolean =>
  block === next || (windows?.has(block) ?? false);

/**
 * How many blocks a miss loads, or waits for.
 *
 * @param wanted by the read itself
 */
export function blocksFor(sequence: Sequence, block: number, wanted: number, most: number): number {
  const { windows } = sequence;
  const window = windows?.get(block);
  windows?.delete(block);
  if (!window && block !== sequence.next) {
    leave(sequence);
    sequence.blocks = 1;
    return wanted;
  }
  // Who reads the first block may want no other.
  if (block > 0) sequence.depth = Math.min(MOST_WINDOWS, sequence.depth + 1);
  sequence.blocks = Math.min(most, sequence.blocks * 2);
  return window ? window.end - block : Math.max(wanted, sequence.blocks);
}

/** It isn't read on: what is on its way is for nobody. */
export function leave(sequence: Sequence): void {
  for (const { load } of sequence.windows?.values() ?? []) load.endUnlessWanted();
  Object.assign(sequence, { depth: 0, turn: Number.POSITIVE_INFINITY, windows: null });
}
