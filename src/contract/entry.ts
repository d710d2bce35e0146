import type { TreePath } from './tree-path.js';

export type Kind = 'file' | 'directory' | 'symlink';

/** One name as the remote knows it. Directories below a unit are no entries: they are prefixes of file paths. */
export interface Entry {
  readonly path: TreePath;
  readonly kind: Kind;
  /**
   * Of a symbolic link: a name beside it (an alias points to a version of its collection), or the URI of content that
   * lies elsewhere (a reference), which is read as a file's where `refusal` doesn't forbid it.
   */
  readonly target?: string | undefined;
  /** One sentence: why the content can't be read, and which option allows it. */
  readonly refusal?: string | undefined;
  /** Where the remote has this content, where the name here is another: a file that was copied into a draft. */
  readonly origin?: TreePath | undefined;
  /** Bytes; `null` when the remote lists the file without knowing its size (learned from the first GET). */
  readonly size: number | null;
  /** Milliseconds since the epoch. */
  readonly mtimeMs: number;
  /** Milliseconds since the epoch. */
  readonly birthtimeMs: number;
  /**
   * Names the content: two entries of one path with the same version have the same bytes. A digest in base64 behind
   * 'md5:' or 'xxh128:' names the same bytes in all paths.
   */
  readonly version: string;
  /** Base64 of the content's 16-byte MD5, where the remote tells it. */
  readonly md5: string | null;
  /** The remote's own id, needed to remove the entry. */
  readonly id: string | null;
  /** Rows that the remote made itself and refuses to change. */
  readonly isReadOnly: boolean;
  /** It was uploaded here, and no answer has told of it yet: its times are this machine's. @default false */
  readonly isUntold?: boolean | undefined;
}

/** What one look at a path brought. */
export interface Lookup<List = readonly Entry[]> {
  /**
   * What stands at the path: an entry, 'prefix' (no file of that name, but files below it: a directory),
   * or null: nothing. Where the path leads through an alias, the entry's own path leads through the version.
   */
  readonly found: Entry | 'prefix' | null;
  /**
   * The directories above the path, outermost first, that the answer proved to exist (root left out); of an alias both
   * the link and, behind it, the version that it points to.
   */
  readonly ancestors: readonly Entry[];
  /**
   * With `listing: true` and a path at or below a unit that exists: the unit's flat listing, or its first page. Of a
   * version null where it would take a further request. Of a directory above units its own listing, where that comes with
   * the look.
   */
  readonly listing: {
    readonly entries: List;
    readonly isComplete: boolean;
    /** Where the next page begins, as `list` takes it. @default null: the listing is asked for from its beginning */
    readonly next?: string | null;
  } | null;
}

/** A page of a listing. */
export interface Page<List = readonly Entry[]> {
  readonly entries: List;
  /** Rows that the server sent; some may be no entries. */
  readonly rows: number;
  /** Where the next page begins; null: this was the last. */
  readonly next: string | null;
}

/** What may have been meant by a name above units that isn't there. Names as in tree paths. */
export interface Alike {
  /** The directory that it would be in isn't there either. */
  readonly isParentMissing: boolean;
  /** Names there that differ only in case. */
  readonly spelt: readonly string[];
  /** Units whose display name it is; none where an id is. A few of them. */
  readonly titled: readonly string[];
}

export interface Content {
  /** Where the entry was wrong about the size, all of the file from the first byte that was asked for on. */
  readonly bytes: Uint8Array;
  /** The version tag of the bytes at the storage; later ranges of one open file must carry the same one. */
  readonly etag: string | null;
  /** Size of the whole file in bytes, as the storage tells it. */
  readonly size: number;
}
