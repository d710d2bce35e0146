import { constants } from 'node:os';
import { UsageError } from './usage-error.js';

/** What the program ends with; `docs/cli.md` has the table. 2 is as for coreutils' own usage errors, 3 and 5 are rclone's. */
export const EXIT = { done: 0, failed: 1, usage: 2, missing: 3, temporary: 5 } as const;

const MISSING = new Set(['ENOENT', 'ENOTDIR']);
/** What another try may bring. */
const TEMPORARY = new Set([
  ...['EAGAIN', 'EBUSY', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND'],
  ...['EAI_AGAIN', 'EPIPE', 'ESTALE', 'ETIMEDOUT'],
]);

export function statusOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  const { code = '', syscall } = Object(error) as NodeJS.ErrnoException;
  // A file that stands where a directory is to be is there.
  if (code === 'ENOTDIR' && syscall === 'mirror') return EXIT.failed;
  if (MISSING.has(code)) return EXIT.missing;
  return TEMPORARY.has(code) ? EXIT.temporary : EXIT.failed;
}

/** As shells tell of who was ended by a signal. */
export const statusOfSignal = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];

/** A pipe that nobody reads any more; Node ignores the signal, so that nobody is ended by it. */
export const STATUS_OF_CLOSED_PIPE = 141;
