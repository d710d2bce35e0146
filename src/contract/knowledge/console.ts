import type { TreePath } from '../tree-path.js';

/** What is asked of the lines that a unit has printed. */
export interface ConsoleQuery {
  readonly path: TreePath;
  /** Those behind this place, as an earlier answer told it; null: from the first one on. */
  readonly after: string | null;
  /** The last ones, at most so many, in place of the first; null: the first. */
  readonly last: number | null;
}

export interface ConsoleLine {
  /** From 0. */
  readonly number: number;
  readonly text: string;
  /** It was printed to standard error. */
  readonly isError: boolean;
  /** As the run told it; null: it didn't. */
  readonly timestamp: string | null;
}

export interface ConsoleLines {
  readonly lines: readonly ConsoleLine[];
  /** What to ask for those behind them with, now or later: `after`. Null: nothing was printed yet. */
  readonly end: string | null;
  /** There are more already. */
  readonly hasMore: boolean;
}
