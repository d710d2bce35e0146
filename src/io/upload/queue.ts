import type { Failure } from '../../contract/failure.js';
import { isBelow, type TreePath } from '../../contract/tree-path.js';
import { DeclaredNames } from './declared-names.js';
import { LeasedNames } from './lease.js';
import type { Outcome, Submission, Upload } from './upload.js';

type Item = { -readonly [Key in keyof Upload]: Upload[Key] } & { isDue: boolean };

/**
 * What is to be uploaded, and what is on its way: a state machine without timers and promises. It says what may be
 * done next; the uploader does it and tells how it went.
 *
 * - A path has at most one upload on its way and at most one queued behind it; an inode has at most one queued.
 * - Uploads of a path are on their way one after another, in the order of their submission: when one is taken, every
 *   earlier one of that path has settled. So an older content never replaces a newer one.
 * - A later submission replaces the queued one of its path or inode; what is on its way is aborted for it only while
 *   its body is incomplete (`toAbort`), and is never queued again once it has a successor.
 * - From the moment a path is first taken its name may exist on the server: it is declared, until it is forgotten.
 * - A leased path isn't taken; what is queued there stays as it is.
 * - Every submission settles: durable, dropped, or failed; `onSettled` hears of each.
 */
export class UploadQueue {
  /** Names that the server may have: they were declared, by this owner or by a former one. */
  readonly declared: DeclaredNames;
  readonly leased = new LeasedNames();
  private readonly queued = new Map<TreePath, Item>();
  private readonly queuedByIno = new Map<number, Item>();
  private readonly onTheWay = new Map<TreePath, Item>();

  constructor(
    private readonly options: {
      readonly unitOf: (path: TreePath) => TreePath;
      readonly onSettled: (upload: Upload, outcome: Outcome) => void;
      /** Names that a former owner may have declared to the server. @default [] */
      readonly declared?: Iterable<TreePath>;
    },
  ) {
    this.declared = new DeclaredNames(options.declared);
  }

  get countOnTheWay(): number {
    return this.onTheWay.size;
  }

  /** Nothing is on its way, and nothing goes by itself: what is left has failed. */
  get isIdle(): boolean {
    if (this.onTheWay.size > 0) return false;
    for (const { state } of this.queued.values()) if (state === 'waiting') return false;
    return true;
  }

  queuedAt(path: TreePath): Upload | null {
    return this.queued.get(path) ?? null;
  }

  onTheWayAt(path: TreePath): Upload | null {
    return this.onTheWay.get(path) ?? null;
  }

  /** Paths below a directory of which anything is queued or on its way. */
  pathsBelow(directory: TreePath): TreePath[] {
    const paths = new Set([...this.queued.keys(), ...this.onTheWay.keys()]);
    return [...paths].filter((path) => isBelow(path, directory));
  }

  /** What the queue holds of these inodes, on its way or not; of all, if null. */
  uploadsOf(inos: readonly number[] | null): Upload[] {
    const all = [...this.onTheWay.values()];
    if (inos === null) return [...all, ...this.queued.values()];
    const wanted = new Set(inos);
    return [
      ...all.filter(({ ino }) => wanted.has(ino)),
      ...[...wanted].flatMap((ino) => this.queuedByIno.get(ino) ?? []),
    ];
  }

  /** The upload of this path that should be aborted: its body is incomplete and a newer one waits, or it is leased. */
  toAbort(path: TreePath): Upload | null {
    const upload = this.onTheWay.get(path);
    if (upload?.state !== 'taken') return null;
    return this.queued.has(path) || this.leased.has(path) ? upload : null;
  }

  submit({ ino, generation, path, source, isDoubtful = false }: Submission): void {
    const current = this.onTheWay.get(path);
    // A failed one that went again by itself meanwhile: it is on its way already, and settles once.
    if (current?.ino === ino && current.generation === generation && !this.hasSuccessor(current)) return;
    const replaced = new Set([this.queued.get(path), this.queuedByIno.get(ino)]);
    const item: Item = {
      ...{ ino, generation, path, source, isDoubtful },
      ...{ state: 'waiting', failure: null, failures: 0, retryAt: 0, isDue: false, isWanted: false },
    };
    for (const other of replaced) {
      if (!other) continue;
      // Whoever waits for the replaced one waits for this one now.
      item.isDue ||= other.isDue;
      item.isWanted ||= other.isWanted;
      this.unqueue(other);
    }
    this.enqueue(item);
    for (const other of replaced) {
      // The same content handed over again, after a failure, is the same submission.
      if (other && (other.ino !== ino || other.generation !== generation))
        this.options.onSettled(other, 'dropped');
    }
  }

  /**
   * Lets what is queued go at the next `take`.
   *
   * @param inos null: all
   * @param options.isFlush somebody waits for these: failed ones are tried again, and they go before others
   */
  ripen(inos: readonly number[] | null, { isFlush }: { readonly isFlush: boolean }): void {
    const items =
      inos === null ? this.queued.values() : inos.flatMap((ino) => this.queuedByIno.get(ino) ?? []);
    for (const item of items) {
      if (item.state === 'failed' && !isFlush) continue;
      item.state = 'waiting';
      item.failure = null;
      item.isDue = true;
      item.isWanted ||= isFlush;
    }
  }

  /** Lets failed ones whose time has come go at the next `take`; returns when the next one's has, if there is one. */
  retry(now: number): number | null {
    let next: number | null = null;
    for (const item of this.queued.values()) {
      if (item.state !== 'failed') continue;
      if (item.retryAt <= now) {
        item.state = 'waiting';
        item.failure = null;
        item.isDue = true;
      } else if (next === null || item.retryAt < next) next = item.retryAt;
    }
    return next;
  }

  /** The uploads that may begin now, by unit; they count as on their way from here on. */
  take(most: number): Upload[][] {
    const units = new Map<TreePath, Item[]>();
    let count = 0;
    for (const item of [...this.queued.values()].filter((each) => this.mayGo(each))) {
      if (++count > most) break;
      this.unqueue(item);
      item.state = 'taken';
      this.onTheWay.set(item.path, item);
      this.declared.add(item.path);
      const unit = this.options.unitOf(item.path);
      const batch = units.get(unit) ?? [];
      batch.push(item);
      units.set(unit, batch);
    }
    return [...units.values()];
  }

  /** The body has left completely: from here on only the server's answer ends it. */
  sent(upload: Upload): void {
    const item = this.itemOf(upload);
    if (item) item.state = 'sent';
  }

  durable(upload: Upload): void {
    if (this.end(upload)) this.options.onSettled(upload, 'durable');
  }

  /** @param retryAt when it goes again by itself, on the clock of `retry`. @default never */
  failed(upload: Upload, failure: Failure, retryAt = Number.POSITIVE_INFINITY): void {
    const item = this.endUnreplaced(upload);
    if (!item) return;
    item.state = 'failed';
    item.failure = failure;
    item.failures++;
    item.retryAt = retryAt;
    item.isDue = false;
    item.isWanted = false;
    this.enqueue(item);
    this.options.onSettled(item, 'failed');
  }

  /** It was aborted, and its socket is done: without a successor it goes again. */
  aborted(upload: Upload): void {
    const item = this.endUnreplaced(upload);
    if (!item) return;
    item.state = 'waiting';
    this.enqueue(item);
  }

  /** Renames a queued upload that was never declared to the server; false if there is no such. */
  rekey(ino: number, from: TreePath, to: TreePath): boolean {
    const item = this.queued.get(from);
    if (item?.ino !== ino || this.declared.has(from)) return false;
    const replaced = this.queued.get(to);
    this.unqueue(item);
    if (replaced) this.unqueue(replaced);
    item.path = to;
    this.enqueue(item);
    if (replaced) this.options.onSettled(replaced, 'dropped');
    return true;
  }

  /** Gives up a queued upload. */
  drop(upload: Upload): void {
    const item = this.queued.get(upload.path);
    if (item !== upload) return;
    this.unqueue(item);
    this.options.onSettled(item, 'dropped');
  }

  /** Newer content of the path, or of the inode, is queued. */
  private hasSuccessor({ path, ino }: Item): boolean {
    return this.queued.has(path) || this.queuedByIno.has(ino);
  }

  private mayGo({ isDue, state, path }: Item): boolean {
    return isDue && state === 'waiting' && !this.onTheWay.has(path) && !this.leased.has(path);
  }

  private itemOf(upload: Upload): Item | null {
    const item = this.onTheWay.get(upload.path);
    return item === upload ? item : null;
  }

  private end(upload: Upload): Item | null {
    const item = this.itemOf(upload);
    if (item) this.onTheWay.delete(item.path);
    return item;
  }

  /** Null too if it has a successor: then it is dropped. */
  private endUnreplaced(upload: Upload): Item | null {
    const item = this.end(upload);
    if (!item || !this.hasSuccessor(item)) return item;
    this.options.onSettled(item, 'dropped');
    return null;
  }

  private enqueue(item: Item): void {
    this.queued.set(item.path, item);
    this.queuedByIno.set(item.ino, item);
  }

  private unqueue(item: Item): void {
    this.queued.delete(item.path);
    this.queuedByIno.delete(item.ino);
  }
}
