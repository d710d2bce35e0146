import type { Entry, Kind } from '../../contract/entry.js';
import { type TreePath, treePath } from '../../contract/tree-path.js';
import type { LocalContent } from '../content/local/overlay.js';
import type { Staleness } from '../content/reading/staleness.js';
import type { WholeRead } from '../content/reading/whole-read.js';
import type { Moment } from '../timeline.js';
import { Generations } from '../writeback/generations.js';
import type { Names } from './links/hard.js';
import type { PathLink } from './links/symbolic.js';
import type { Scope } from './listing/scope.js';

/** What a caller set, or a change here made so; null: as the server tells. Times in milliseconds since the epoch. */
export interface OwnAttributes {
  /** Permission bits. */
  mode: number | null;
  atimeMs: number | null;
  mtimeMs: number | null;
  ctimeMs: number | null;
}

const UNSET: OwnAttributes = { mode: null, atimeMs: null, mtimeMs: null, ctimeMs: null };

/** What this instance knows of a file or directory beyond what the server told; most inodes have none. */
export class LocalState {
  /** Open file descriptions, and those of them that can write. */
  opens = 0;
  writers = 0;
  /** Content that lives here: dirty, or copied up and clean. */
  content: LocalContent | null = null;
  /** Content on its way up from the server, for a file that is about to be changed. */
  copyUp: { readonly version: string; readonly into: Inode; whole: WholeRead | null } | null = null;
  /** Of content that was changed here. */
  generations: Generations | null = null;
  attributes: OwnAttributes | null = null;
  /** Where a listing took its name away while it was open, and what stands there instead; see `reclaimName`. */
  displaced: { readonly path: TreePath; readonly by: Inode | undefined } | null = null;
  /** A directory that no listing shows: made here, or emptied here. */
  isLocalDirectory = false;
  /**
   * A directory beside versions in which the next one is prepared: all that is in it is only here. `bases` are the
   * versions that were copied into it as a whole.
   */
  draft: { bases: readonly TreePath[] } | null = null;
  /** Where a symbolic link leads that was made in a draft. */
  link: PathLink | null = null;
  /** Of a file that has, or had, several names: all of its inodes have this one state. */
  names: Names | null = null;
  staleness: Staleness | null = null;
  /** How often in a row all of the content was read and wasn't what is listed. */
  mismatches = 0;

  /** The content is the server's again: its times are, too. */
  forgetTimes(): void {
    const { attributes } = this;
    if (attributes?.mode === null && attributes.atimeMs === null) this.attributes = null;
    else if (attributes) this.attributes = { ...attributes, mtimeMs: null, ctimeMs: null };
  }

  /** There is content here, or some is on its way. */
  get holdsContent(): boolean {
    return this.content !== null || this.copyUp !== null;
  }

  /** It is as if there were none: nobody has the file open, and nothing was changed or set here. */
  get saysNothing(): boolean {
    const isUntouched = this.opens === 0 && this.generations === null && this.attributes === null;
    const holdsNothing = !this.holdsContent && this.staleness === null;
    const isPlain = this.draft === null && this.link === null && this.names === null;
    return isUntouched && holdsNothing && !this.isLocalDirectory && isPlain;
  }
}

/**
 * A file, directory or symbolic link. Its name is where it hangs in the tree; an unlinked one hangs nowhere and lives by its
 * fds. A file of several names (`links/hard.ts`) is as many of these, with one state.
 */
export class Inode {
  parent: Inode | null = null;
  name = '';
  local: LocalState | null = null;
  readonly children: Map<string, Inode> | null;
  /** Of a directory that is listed as one: what is known of the names in it. */
  scope: Scope | null = null;
  /** 0 until somebody asks; see `InodeNumbers`. */
  ino = 0;
  /**
   * The storage's tag of the bytes first read: all later ranges must be of the same, and what the page cache has of this
   * version is. So it outlives the fds, and is no part of the local state, which needn't.
   */
  etag: string | null = null;
  /** From when the age of the newest answer that shows this inode counts; see `Moment.at`. */
  seenAt = Number.NEGATIVE_INFINITY;
  /** When the one of them was asked for that was asked for last; see `Moment.epoch`. */
  seenEpoch = 0;

  constructor(
    readonly kind: Kind,
    /** What the server has under this inode's name; null if it was never told of it (or is a mere prefix). */
    public entry: Entry | null,
  ) {
    this.children = kind === 'directory' ? new Map() : null;
  }

  get isDirectory(): boolean {
    return this.children !== null;
  }

  /** Where a symbolic link leads; null for what is none. */
  get target(): string | null {
    return this.kind === 'symlink' ? (this.local?.link?.text ?? this.entry?.target ?? null) : null;
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
    return this.entry ? this.entry.size : 0;
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

  /** An answer shows it. */
  markSeen({ at, epoch }: Pick<Moment, 'at' | 'epoch'>): void {
    this.seenAt = at;
    // One that was asked for before may come behind it, while a listing looks for what it has shown.
    if (epoch > this.seenEpoch) this.seenEpoch = epoch;
  }

  /** Does the server, or the queue before it, know of something under this inode's name? Of a draft it knows nothing. */
  get isRemote(): boolean {
    const isKnown = this.entry !== null || (this.local?.generations?.submitted ?? 0) > 0;
    return isKnown && this.draft === null;
  }

  /** Takes the inode out of the tree; its content lives on while it is open. */
  detach(): void {
    if (this.parent?.children?.get(this.name) === this) this.parent.children.delete(this.name);
    this.parent = null;
  }

  /** This inode and all below it, parents first. */
  *walk(): Generator<Inode> {
    yield this;
    if (this.children) for (const child of this.children.values()) yield* child.walk();
  }
}
