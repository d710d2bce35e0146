import type { TreePath } from '../../../contract/tree-path.js';
import type { Inode } from '../../namespace/inode.js';
import type { Names } from '../../namespace/links/hard.js';
import type { PathLink } from '../../namespace/links/symbolic.js';
import type { Generations } from '../../writeback/generations.js';
import type { Staleness } from '../reading/staleness.js';
import type { WholeRead } from '../reading/whole-read.js';
import type { LocalContent } from './overlay.js';

/** What a caller set, or a change here made so; null: as the server tells. Times in milliseconds since the epoch. */
export interface OwnAttributes {
  /** Permission bits. */
  mode: number | null;
  atimeMs: number | null;
  mtimeMs: number | null;
  ctimeMs: number | null;
}

export const UNSET: OwnAttributes = { mode: null, atimeMs: null, mtimeMs: null, ctimeMs: null };

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
