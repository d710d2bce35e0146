import type { JournalReport } from '../../../kernel/writeback/recovery.js';
import { type Composite, invoke } from '../../composites/driver.js';
import type { Tree } from '../../tree.js';

/** What the tree's own journal holds, by paths as callers see them; null without one. */
export function* journal(tree: Tree): Composite<JournalReport | null> {
  const { mount } = tree;
  const report = yield* invoke({ syscall: 'journal', run: () => tree.kernel.journal() });
  if (!report) return null;
  const entries = report.entries.map((entry) => ({ ...entry, path: mount.show(entry.path) }));
  return { ...report, entries, damaged: report.damaged.map((path) => mount.show(path)) };
}
