import type { Remote } from '../contract/remote.js';
import type { JournalOptions } from './content/journal/journal.js';
import { monotonicClock } from './timeline.js';

export interface KernelOptions {
  readonly remote: Remote;
  /** How long a listing is believed, in milliseconds. @default 30000 */
  readonly listingTtl?: number;
  /** Bound of pages in memory, in bytes; local content takes at most half as much on top. @default 64 MiB */
  readonly cacheBytes?: number;
  /** Size of a page, in bytes. @default 1 MiB */
  readonly blockBytes?: number;
  /** Bound of local content on disk, in bytes; above it writers wait for uploads. @default 16 GiB */
  readonly spoolBytes?: number;
  /** Most bytes that a rename moves by uploading them under the new name. @default 256 MiB */
  readonly maxRenameBytes?: number;
  /** 'back': a close queues the upload; 'through': it waits until the upload is durable. @default 'back' */
  readonly writeback?: 'back' | 'through';
  /** Names of files that are remembered; units that nobody uses are forgotten above it. @default 1000000 */
  readonly mostNames?: number;
  /** Where what is acknowledged is kept until it is durable; null: in memory and a temporary directory. @default null */
  readonly journal?: JournalOptions | null;
  /** Hears of what a user should know and no call can tell. @default nobody */
  readonly warn?: (message: string) => void;
  /** Every change fails with EROFS. @default false */
  readonly readOnly?: boolean;
  /** Milliseconds since the epoch, for dates that callers see. @default Date.now */
  readonly now?: () => number;
  /** Milliseconds of a clock that is never set, for ages. @default performance.now */
  readonly monotonic?: () => number;
}

const MIB = 1024 * 1024;
export const DEFAULTS = {
  listingTtl: 30_000,
  cacheBytes: 64 * MIB,
  blockBytes: MIB,
  spoolBytes: 16 * 1024 * MIB,
  maxRenameBytes: 256 * MIB,
  writeback: 'back',
  mostNames: 1_000_000,
  journal: null,
  warn: () => {},
  readOnly: false,
  now: Date.now,
  monotonic: monotonicClock,
} as const;
