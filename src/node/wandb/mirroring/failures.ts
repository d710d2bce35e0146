import { hasCode } from '../../arguments/errors.js';
import type { End } from './end.js';

/** How many a message names. */
const MOST_NAMED = 5;

/** What came of several files, each with its error; those that aren't among them are there. */
export interface MirrorError extends AggregateError, NodeJS.ErrnoException {
  /** The errors of the files, in the order of their names. */
  readonly errors: NodeJS.ErrnoException[];
  readonly dest?: string;
}

/** One error for all files that failed. Its code is that of the first. */
export function mirrorError(
  from: End,
  to: End,
  failures: ReadonlyMap<string, unknown>,
  outOf: number,
): AggregateError {
  const sorted = [...failures].sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = sorted.slice(0, MOST_NAMED).map(([, error]) => `  ${messageOf(error)}`);
  const others = sorted.length - lines.length;
  if (others > 0) lines.push(`  and ${others} more: see \`errors\``);
  const [, first] = sorted[0] ?? [];
  const code = hasCode(first) ? first.code : 'EIO';
  const message = [
    `${code}: ${sorted.length} of ${outOf} files failed, mirror '${from.given}' -> '${to.given}':`,
    ...lines,
  ].join('\n');
  return Object.assign(
    new AggregateError(
      sorted.map(([, error]) => error),
      message,
    ),
    { code, errno: errnoOf(first), syscall: 'mirror', path: from.given, dest: to.given },
  );
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const errnoOf = (error: unknown): number | undefined =>
  typeof error === 'object' && error !== null && 'errno' in error && typeof error.errno === 'number'
    ? error.errno
    : undefined;
