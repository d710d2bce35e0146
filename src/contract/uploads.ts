import type { TreePath } from './tree-path.js';

/**
 * Bytes to upload; may be read more than once (a retry reads again). The fd of a file is kept open, and its first `size`
 * bytes unchanged, by whoever handed it over.
 */
export type OpenSource =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'file'; readonly fd: number; readonly size: number };

/** Content that is opened when it is to be read, and closed by who has opened it (`store/common/sources.ts`). */
export interface HeldSource {
  readonly kind: 'held';
  readonly size: number;
  open(): Promise<{ readonly content: OpenSource; readonly close: () => void }>;
}

export type Source = OpenSource | HeldSource;

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
  /**
   * Sends the bytes. Resolves when the storage has answered 2xx, and has taken what was sent where it tells what it took.
   * `onProgress` gets the bytes sent so far; `onPushback` is called each time the storage says that it can't keep up. `md5` is that of what was sent, in base64; null: nobody has looked.
   */
  put(
    ticket: Ticket,
    source: OpenSource,
    options: Signalled & {
      readonly onProgress?: (sent: number) => void;
      readonly onPushback?: (() => void) | undefined;
    },
  ): Promise<{ readonly md5: string | null }>;
  /** Tells the remote that the bytes have arrived; after it the upload is durable. */
  finish(tickets: readonly Ticket[], options: Signalled): Promise<void>;
}
