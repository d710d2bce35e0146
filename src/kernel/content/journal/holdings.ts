import type { TreePath } from '../../../contract/tree-path.js';
import { PathTree } from './path-tree.js';
import type { Change, JournalRecord } from './records.js';
import { lineOf } from './records.js';

export interface Held {
  readonly record: JournalRecord;
  readonly at: number;
  /** Of its line in the log. */
  readonly bytes: number;
}

/** What the changes of a log come to. The same for who writes it and for who reads it after a death. */
export class Holdings {
  private readonly tree = new PathTree<Held>();
  /** Paths. */
  count = 0;
  /** What the lines of these paths take in a log, in bytes. */
  bytes = 0;
  /** Sessions whose logs mean nothing any more. */
  readonly adopted = new Set<string>();

  /** @param bytes of the change's line */
  apply(change: Change, bytes: number): void {
    switch (change.op) {
      case 'put': {
        const replaced = this.tree.get(change.path);
        if (replaced) this.forget([replaced]);
        this.tree.set(change.path, { record: change.record, at: change.at, bytes });
        this.count++;
        this.bytes += bytes;
        break;
      }
      case 'remove':
        this.forget(this.tree.remove(change.path));
        break;
      case 'rename':
        this.forget(this.tree.move(change.from, change.to));
        break;
      case 'adopted':
        this.adopted.add(change.session);
    }
  }

  get(path: TreePath): Held | null {
    return this.tree.get(path);
  }

  /** Is there something at the path or below it? */
  holds(path: TreePath): boolean {
    return this.tree.holds(path);
  }

  entries(): Generator<[TreePath, Held]> {
    return this.tree.entries();
  }

  /** The shortest log that comes to the same. */
  *lines(): Generator<Buffer> {
    for (const session of this.adopted) yield lineOf({ op: 'adopted', session });
    for (const [path, { record, at }] of this.entries()) yield lineOf({ op: 'put', path, record, at });
  }

  private forget(values: readonly Held[]): void {
    this.count -= values.length;
    for (const { bytes } of values) this.bytes -= bytes;
  }
}
