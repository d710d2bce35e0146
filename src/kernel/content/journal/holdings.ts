import { isBelow, parentOf, ROOT, type TreePath, treePath } from '../../../contract/tree-path.js';
import { type Change, type JournalRecord, lineOf } from './records.js';

export interface Held {
  readonly record: JournalRecord;
  readonly at: number;
  /** Of its line in the log. */
  readonly bytes: number;
}

/** What the changes of a log come to. The same for who writes it and for who reads it after a death. */
export class Holdings {
  private readonly held = new Map<TreePath, Held>();
  /** How much is held below each directory: only where something is does its end cost a look at all paths. */
  private readonly below = new Map<TreePath, number>();
  /** What the lines of these paths take in a log, in bytes. */
  bytes = 0;
  /** Sessions whose logs mean nothing any more. */
  readonly adopted = new Set<string>();

  /** @param bytes of the change's line */
  apply(change: Change, bytes: number): void {
    if (change.op === 'put') this.set(change.path, { record: change.record, at: change.at, bytes });
    else if (change.op === 'remove') this.take(change.path);
    else if (change.op === 'adopted') this.adopted.add(change.session);
    else {
      const moved = this.take(change.from);
      this.take(change.to);
      for (const [path, held] of moved) this.set(treePath(change.to + path.slice(change.from.length)), held);
    }
  }

  /** Paths. */
  get count(): number {
    return this.held.size;
  }

  get(path: TreePath): Held | null {
    return this.held.get(path) ?? null;
  }

  /** Is there something at the path or below it? */
  holds(path: TreePath): boolean {
    return this.held.has(path) || this.below.has(path);
  }

  entries(): Iterable<[TreePath, Held]> {
    return this.held.entries();
  }

  /** The shortest log that comes to the same. */
  *lines(): Generator<Buffer> {
    for (const session of this.adopted) yield lineOf({ op: 'adopted', session });
    for (const [path, { record, at }] of this.held) yield lineOf({ op: 'put', path, record, at });
  }

  private set(path: TreePath, held: Held): void {
    this.delete(path);
    this.held.set(path, held);
    this.bytes += held.bytes;
    this.countAbove(path, 1);
  }

  private delete(path: TreePath): void {
    const held = this.held.get(path);
    if (!held) return;
    this.held.delete(path);
    this.bytes -= held.bytes;
    this.countAbove(path, -1);
  }

  /** Takes out the path and all below it. */
  private take(top: TreePath): [TreePath, Held][] {
    const held = this.held.get(top);
    const below = this.below.has(top) ? [...this.held].filter(([path]) => isBelow(path, top)) : [];
    const taken: [TreePath, Held][] = held ? [[top, held], ...below] : below;
    for (const [path] of taken) this.delete(path);
    return taken;
  }

  private countAbove(path: TreePath, by: number): void {
    for (let at = path; at !== ROOT; ) {
      at = parentOf(at);
      const count = (this.below.get(at) ?? 0) + by;
      if (count === 0) this.below.delete(at);
      else this.below.set(at, count);
    }
  }
}
