import type { Entry, Kind } from '../../contract/entry.js';
import type { Failure } from '../../contract/failure.js';
import type { TreePath } from '../../contract/tree-path.js';
import type { LocalContent } from '../content/local/overlay.js';
import type { WholeRead } from '../content/reading/whole-read.js';
import type { Scope } from './listing/scope.js';

/** What this instance knows of a file or directory beyond what the server told; most inodes have none. */
export class LocalState {
  /** Content that lives here: dirty, or copied up and clean. */
  content: LocalContent | null = null;
  /** Grows with every change of the content; 0: never changed here. */
  generation = 0;
  /** Content on its way up from the server, for a file that is about to be changed. */
  copyUp: { readonly version: string; readonly into: Inode; whole: WholeRead | null } | null = null;
  /** The newest generation that was handed to the upload queue. */
  submitted = 0;
  /** The newest generation that is durable on the server. */
  durable = 0;
  /** Why the newest generation isn't durable, if its upload failed for good. */
  failure: Failure | null = null;
  /** Open file descriptions, and those of them that can write. */
  opens = 0;
  writers = 0;
  /** Permission bits that the caller set. */
  mode: number | null = null;
  atimeMs: number | null = null;
  mtimeMs: number | null = null;
  ctimeMs: number | null = null;
  /** Where a listing took its name away while it was open, and what stands there instead; see `Core.reclaim`. */
  displaced: { readonly path: TreePath; readonly by: Inode | undefined } | null = null;
  /** A directory that no listing shows: made here, or emptied here. */
  isLocalDirectory = false;
  /** A directory beside versions in which the next one is prepared: all that is in it is only here. */
  isDraft = false;
  /** Of a draft: the versions that were copied into it as a whole. */
  bases: readonly TreePath[] = [];
  /** The storage answered with other bytes than the listing promised. */
  staleness: {
    readonly entry: Entry;
    readonly failure: Failure;
    readonly times: number;
    /** The name is being looked up again, because of this answer. */
    isAskedAnew: boolean;
  } | null = null;
  /** How often in a row all of the content was read and wasn't what is listed. */
  mismatches = 0;

  /** It is as if there were none: nobody has the file open, and nothing was changed or set here. */
  get saysNothing(): boolean {
    const isUntouched = this.opens === 0 && this.generation === 0 && this.submitted === 0;
    const isUnset =
      this.mode === null && this.atimeMs === null && this.mtimeMs === null && this.ctimeMs === null;
    const holdsNothing = this.content === null && this.copyUp === null && this.staleness === null;
    return isUntouched && isUnset && holdsNothing && !this.isLocalDirectory && !this.isDraft;
  }
}

/** A file, directory or symbolic link. Its name is where it hangs in the tree; an unlinked one hangs nowhere and lives by its fds. */
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
  /** When that answer was asked for; see `Moment.epoch`. */
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
    return this.kind === 'symlink' ? (this.entry?.target ?? null) : null;
  }

  /** The draft that it is in, or is. */
  get draft(): Inode | null {
    for (let inode: Inode | null = this; inode; inode = inode.parent) if (inode.local?.isDraft) return inode;
    return null;
  }

  /** Has content that must be sent: what is in a draft goes with its commit. */
  get isPending(): boolean {
    return this.isDirty && this.parent !== null && this.draft === null;
  }

  /** Has content that isn't durable yet. */
  get isDirty(): boolean {
    return this.local !== null && this.local.generation > this.local.durable;
  }

  get isOpen(): boolean {
    return this.local !== null && this.local.opens > 0;
  }

  /** Allocates the local state on first need. */
  ensureLocal(): LocalState {
    this.local ??= new LocalState();
    return this.local;
  }

  /** Gives the local state back where it says nothing, as after a file was opened only to be read. */
  releaseLocal(): void {
    if (this.local?.saysNothing) this.local = null;
  }

  /** Bytes; null while the server's size is unknown. */
  get size(): number | null {
    if (this.local?.content) return this.local.content.size;
    return this.entry ? this.entry.size : 0;
  }

  get path(): TreePath {
    const names: string[] = [];
    for (let inode: Inode = this; inode.parent; inode = inode.parent) names.push(inode.name);
    return names.reverse().join('/');
  }

  /** Distance from the root. */
  get depth(): number {
    let depth = 0;
    for (let inode: Inode = this; inode.parent; inode = inode.parent) depth++;
    return depth;
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

  /** Does the server, or the queue before it, know of something under this inode's name? Of a draft it knows nothing. */
  get isTold(): boolean {
    const isKnown = this.entry !== null || (this.local !== null && this.local.submitted > 0);
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
