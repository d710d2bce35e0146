import type { Remote } from '../contract/remote.js';
import type { JournalOptions } from './content/journal/journal.js';

export interface KernelOptions {
  readonly remote: Remote;
  /** How long a listing is believed, in milliseconds. */
  readonly listingTtl: number;
  /** Bound of pages in memory, in bytes; local content takes at most half as much on top. */
  readonly cacheBytes: number;
  /** Size of a page, in bytes. */
  readonly blockBytes: number;
  /** Bound of local content on disk, in bytes; above it writers wait for uploads. */
  readonly spoolBytes: number;
  /** Most bytes that a rename moves by uploading them under the new name. */
  readonly maxRenameBytes: number;
  /** 'back': a close queues the upload; 'through': it waits until the upload is durable. */
  readonly writeback: 'back' | 'through';
  /** Names of files that are remembered; units that nobody uses are forgotten above it. */
  readonly mostNames: number;
  /** Where what is acknowledged is kept until it is durable; null: in memory and a temporary directory. */
  readonly journal: JournalOptions | null;
  /** Hears of what a user should know and no call can tell. */
  readonly warn: (message: string) => void;
  /** Every change fails with EROFS. */
  readonly readOnly: boolean;
  /** Milliseconds since the epoch, for dates that callers see. @default Date.now */
  readonly now?: () => number;
  /** Milliseconds of a clock that is never set, for ages. @default performance.now */
  readonly monotonic?: () => number;
}
