/**
 * The seam between filesystem semantics and a remote: what a kernel needs from one. A store is a plain object;
 * what it can't do it doesn't have. One contract suite (`__tests__/store/contract.ts`) runs against every store.
 *
 * Paths are tree paths: segments joined by '/', without a leading or trailing slash; '' is the root. A segment that
 * POSIX can't hold stands percent-encoded (see `names.ts`); the store decodes it on the way out.
 */
export type TreePath = string;

/** One name as the remote knows it. Directories below a unit are no entries: they are prefixes of file paths. */
export interface Entry {
  readonly path: TreePath;
  readonly kind: 'file' | 'directory';
  /** Bytes; `null` when the remote lists the file without knowing its size (learned from the first GET). */
  readonly size: number | null;
  /** Milliseconds since the epoch. */
  readonly mtimeMs: number;
  /** Milliseconds since the epoch. */
  readonly birthtimeMs: number;
  /** Names the content: two entries of one path with the same version have the same bytes. */
  readonly version: string;
  /** Base64 of the content's 16-byte MD5, where the remote tells it. */
  readonly md5: string | null;
  /** The remote's own id, needed to remove the entry. */
  readonly id: string | null;
  /** Rows that the remote made itself and refuses to change. */
  readonly isReadOnly: boolean;
}

/** What one look at a path brought. */
export interface Lookup {
  /**
   * What stands at the path: an entry, 'prefix' (no file of that name, but files below it: a directory),
   * or null: nothing.
   */
  readonly found: Entry | 'prefix' | null;
  /** The directories above the path, outermost first, that the answer proved to exist (root left out). */
  readonly ancestors: readonly Entry[];
  /** With `listing: true` and a path at or below a unit that exists: the unit's flat listing, or its first page. */
  readonly listing: { readonly entries: readonly Entry[]; readonly isComplete: boolean } | null;
}

export interface Content {
  readonly bytes: Uint8Array;
  /** The version tag of the bytes at the storage; later ranges of one open file must carry the same one. */
  readonly etag: string | null;
  /** Size of the whole file in bytes, as the storage tells it. */
  readonly size: number;
}

/** Bytes to upload; may be read more than once (a retry reads again). */
export type Source =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'file'; readonly file: string; readonly size: number };

/** The remote's permission to upload one path; made by `declare`, used up by `put`, settled by `finish`. */
export interface Ticket {
  readonly path: TreePath;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Signalled {
  readonly signal?: AbortSignal | undefined;
}

export interface Uploads {
  /** Tells the remote that these files (all of one unit) will come. From here on their names exist on the server. */
  declare(paths: readonly TreePath[], options: Signalled): Promise<readonly Ticket[]>;
  /** Sends the bytes. Resolves when the storage has answered 2xx. `onProgress` gets the bytes sent so far. */
  put(
    ticket: Ticket,
    source: Source,
    options: Signalled & { readonly onProgress?: (sent: number) => void },
  ): Promise<void>;
  /** Tells the remote that the bytes have arrived; after it the upload is durable. */
  finish(tickets: readonly Ticket[], options: Signalled): Promise<void>;
}

export interface Store {
  /** Depth of the directories whose whole subtree is listed flat, at once (runs: 3; root is 0). */
  readonly unitDepth: number;

  /** Never rejects for what isn't there: that is `found: null`. One request, shared with look-ups of the same turn. */
  lookup(path: TreePath, options: Signalled & { readonly listing: boolean }): Promise<Lookup>;

  /**
   * Lists a directory: above the unit its children, at the unit every file below it, flat, page by page.
   * Rejects with ENOENT if the directory isn't there.
   */
  list(path: TreePath, options: Signalled): AsyncIterable<readonly Entry[]>;

  /**
   * Reads `[start, end)` of a file; what lies behind the file's end is left out. `etag` is what an earlier read of
   * this open file brought: other bytes at the storage reject with ESTALE. A range that covers the whole file is
   * verified against `entry.md5`: a mismatch, as an unexpected size, rejects with EBADMSG (the listing is stale or
   * the bytes are broken; the kernel finds out which).
   */
  read(
    entry: Entry,
    range: { readonly start: number; readonly end: number },
    options: Signalled & { readonly etag: string | null },
  ): Promise<Content>;

  /**
   * Reads a whole file, of at most `limit` bytes, as the storage has it, whatever the listing says: listings lag behind
   * uploads. Rejects with EBADMSG unless the storage's own tag vouches for the bytes.
   */
  readNewest(
    entry: Entry,
    options: Signalled & { readonly limit: number },
  ): Promise<Content & { readonly md5: string }>;

  readonly uploads?: Uploads;

  /** Removes files, batched. What is already gone counts as removed. An entry without an id is looked up first. */
  remove?(
    files: readonly { readonly path: TreePath; readonly id: string | null }[],
    options: Signalled,
  ): Promise<void>;

  /** Makes a directory at or above the unit; rejects with EEXIST where it can't. */
  mkdir?(path: TreePath, options: Signalled): Promise<Entry>;

  /** Removes a directory at or above the unit with all that is in it; EPERM unless the user allowed that level. */
  rmdir?(path: TreePath, options: Signalled): Promise<void>;

  /** Ends what the store holds open (sockets). */
  close?(): Promise<void>;
}
