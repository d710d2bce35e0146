import type { Entry, Kind } from '../../contract/entry.js';
import { EntryPage } from '../../contract/entry-page.js';
import { type TreePath, treePath } from '../../contract/tree-path.js';
import { LocalState, type OwnAttributes, UNSET } from '../content/local/local-state.js';
import { type Moment, NEVER } from '../timeline.js';
import { Generations } from '../writeback/generations.js';
import type { Scope } from './listing/scope.js';

/** What only directories have; of all else its kind stands in its place. */
class Listing {
  readonly children = new Map<string, Inode>();
  scope: Scope | null = null;
}

/**
 * A file, directory or symbolic link. Its name is where it hangs in the tree; an unlinked one hangs nowhere and lives by its
 * fds. A file of several names (`links/hard.ts`) is as many of these, with one state.
 */
export class Inode {
  parent: Inode | null = null;
  name = '';
  local: LocalState | null = null;
  private readonly what: Listing | Exclude<Kind, 'directory'>;
  /** 0 until somebody asks; see `InodeNumbers`. */
  ino = 0;
  /**
   * The storage's tag of the bytes first read: all later ranges must be of the same, and what the page cache has of this
   * version is. So it outlives the fds, and is no part of the local state, which needn't.
   */
  etag: string | null = null;
  /** Of the newest answers that show it; shared by all that one answer shows. */
  private seen: Pick<Moment, 'at' | 'epoch'> = NEVER;
  /** What the server has under this inode's name: an entry, or the row of a page, which is smaller. */
  private told: Entry | EntryPage | null;
  private row = 0;

  constructor(kind: Kind, entry: Entry | null) {
    this.told = entry;
    this.what = kind === 'directory' ? new Listing() : kind;
  }

  get kind(): Kind {
    return typeof this.what === 'string' ? this.what : 'directory';
  }

  /** Null if the server never told of it (or it is a mere prefix). Made of its row: what needs less than all of it asks for that. */
  get entry(): Entry | null {
    if (this.told instanceof EntryPage) this.told = this.told.entryOf(this.row, this.path);
    return this.told;
  }

  set entry(entry: Entry | null) {
    this.told = entry;
  }

  /** Takes the row of a page for its entry. */
  tell(page: EntryPage, row: number): void {
    this.told = page.other(row) ?? page;
    this.row = row;
  }

  get isTold(): boolean {
    return this.told !== null;
  }

  /** Its entry where it is more than a plain file's; null for that of a row, too. */
  get special(): Entry | null {
    return this.told instanceof EntryPage ? null : this.told;
  }

  /** What the server tells of it, without an entry; null where it tells nothing. */
  get toldSize(): number | null {
    return this.told instanceof EntryPage ? this.told.sizeOf(this.row) : (this.told?.size ?? null);
  }

  get toldTimes(): { readonly mtimeMs: number; readonly birthtimeMs: number } | null {
    const { told, row } = this;
    if (!(told instanceof EntryPage)) return told;
    return { mtimeMs: told.mtimeOf(row), birthtimeMs: told.birthtimeOf(row) };
  }

  get version(): string | undefined {
    return this.told instanceof EntryPage ? this.told.versionOf(this.row) : this.told?.version;
  }

  /** Is its content, as it is known, that of a row? */
  isVersionOf(page: EntryPage, row: number): boolean {
    if (this.told instanceof EntryPage) return page.isSameVersion(row, this.told, this.row);
    return this.told !== null && this.told.version === page.versionOf(row);
  }

  /** Was it changed later than a row tells? Times that were made up here, of what was uploaded and never listed, are another clock's. */
  isNewerThan(page: EntryPage, row: number): boolean {
    const { told } = this;
    if (told instanceof EntryPage) return told.hasId(this.row) && told.mtimeOf(this.row) > page.mtimeOf(row);
    return told !== null && told.id !== null && !told.isUntold && told.mtimeMs > page.mtimeOf(row);
  }

  get children(): Map<string, Inode> | null {
    return this.listing?.children ?? null;
  }

  /** Of a directory that is listed as one: what is known of the names in it. */
  get scope(): Scope | null {
    return this.listing?.scope ?? null;
  }

  set scope(scope: Scope) {
    if (this.listing) this.listing.scope = scope;
  }

  get isDirectory(): boolean {
    return typeof this.what !== 'string';
  }

  private get listing(): Listing | null {
    return typeof this.what === 'string' ? null : this.what;
  }

  /** Where a symbolic link leads; null for what is none. */
  get target(): string | null {
    return this.kind === 'symlink' ? (this.local?.link?.text ?? this.special?.target ?? null) : null;
  }

  /** How many names it has. */
  get nlink(): number {
    return this.local?.names?.all.size ?? (this.parent ? 1 : 0);
  }

  /** Is it the same file as another, under whatever names? */
  isSameAs(other: Inode): boolean {
    return other === this || (this.local?.names?.all.has(other) ?? false);
  }

  /** The draft that it is in, or is. */
  get draft(): Inode | null {
    for (let inode: Inode | null = this; inode; inode = inode.parent) if (inode.local?.draft) return inode;
    return null;
  }

  /** Has content that must be sent: what is in a draft goes with its commit. */
  get isPending(): boolean {
    return this.isDirty && this.parent !== null && this.draft === null;
  }

  /** Has content that isn't durable yet. */
  get isDirty(): boolean {
    return this.local?.generations?.isDirty ?? false;
  }

  get isOpen(): boolean {
    return this.local !== null && this.local.opens > 0;
  }

  /** Counts changes of the content from the first one on. */
  get generations(): Generations {
    const local = this.ensureLocal();
    local.generations ??= new Generations();
    return local.generations;
  }

  setAttributes(attributes: Partial<OwnAttributes>): void {
    const local = this.ensureLocal();
    local.attributes = Object.assign(local.attributes ?? { ...UNSET }, attributes);
  }

  /** Allocates the local state on first need. */
  ensureLocal(): LocalState {
    this.local ??= new LocalState();
    return this.local;
  }

  /** Bytes; null while the server's size is unknown. */
  get size(): number | null {
    if (this.local?.content) return this.local.content.size;
    return this.told ? this.toldSize : 0;
  }

  get path(): TreePath {
    const names: string[] = [];
    for (let inode: Inode = this; inode.parent; inode = inode.parent) names.push(inode.name);
    return treePath(names.reverse().join('/'));
  }

  /** Distance from the root. */
  get depth(): number {
    let depth = 0;
    for (let inode: Inode = this; inode.parent; inode = inode.parent) depth++;
    return depth;
  }

  /** What these names lead to from here, whatever is known of its freshness. */
  descendant(names: readonly string[]): Inode | undefined {
    let inode: Inode | undefined = this;
    for (const name of names) inode = inode?.children?.get(name);
    return inode;
  }

  isBelow(other: Inode): boolean {
    for (let inode: Inode | null = this.parent; inode; inode = inode.parent) if (inode === other) return true;
    return false;
  }

  attach(parent: Inode, name: string): void {
    this.parent = parent;
    this.name = name;
    parent.children?.set(name, this);
  }

  /** From when the age of the newest answer that shows this inode counts; see `Moment.at`. */
  get seenAt(): number {
    return this.seen.at;
  }

  /** When the one of them was asked for that was asked for last; see `Moment.epoch`. */
  get seenEpoch(): number {
    return this.seen.epoch;
  }

  /** An answer shows it. One that was asked for before may come behind it, while a listing looks for what it has shown. */
  markSeen(moment: Pick<Moment, 'at' | 'epoch'>): void {
    const { epoch } = this.seen;
    this.seen = moment.epoch >= epoch ? moment : { at: moment.at, epoch };
  }

  /** What shows it isn't believed any more. */
  expire(): void {
    this.seen = this.seen.epoch === 0 ? NEVER : { ...NEVER, epoch: this.seen.epoch };
  }

  /** Does the server, or the queue before it, know of something under this inode's name? Of a draft it knows nothing. */
  get isRemote(): boolean {
    const isKnown = this.isTold || (this.local?.generations?.submitted ?? 0) > 0;
    return isKnown && this.draft === null;
  }

  /** Takes the inode out of the tree; its content lives on while it is open, and with it the path that it had at the server. */
  detach(): void {
    if (this.local) this.told = this.entry;
    if (this.parent?.children?.get(this.name) === this) this.parent.children.delete(this.name);
    this.parent = null;
  }

  /** This inode and all below it, parents first. */
  *walk(): Generator<Inode> {
    yield this;
    if (this.children) for (const child of this.children.values()) yield* child.walk();
  }
}
