import type { Failure } from '../../contract/failure.js';
import type { Args, Handed } from '../../contract/remote.js';
import type { HeldSource, OpenSource } from '../../contract/uploads.js';

/** Content of an inode as of one generation, to be uploaded to a path. */
export type Submission = Readonly<Args<'submit'>>;

/**
 * - `waiting`: queued, not on its way.
 * - `taken`: on its way, the body isn't sent completely: it can still be aborted.
 * - `sent`: the whole body is sent, its outcome must be waited for.
 * - `failed`: queued with its content until it is tried again, by itself at `retryAt` or because somebody waits.
 */
export type UploadState = 'waiting' | 'taken' | 'sent' | 'failed';

/** A queued submission. Only the queue changes it. */
export interface Upload extends Submission {
  readonly state: UploadState;
  /** Why it failed, while `failed`. */
  readonly failure: Failure | null;
  /** How often it has failed in a row. */
  readonly failures: number;
  /** When a failed one goes again by itself, on the caller's clock. */
  readonly retryAt: number;
  /** Somebody waits for it: it goes before others. */
  readonly isWanted: boolean;
}

/** How an upload left the queue; `failed` ones stay in it, and settle again after a retry. */
export type Outcome = 'durable' | 'failed' | 'dropped';

/** The kernel's content as the owner gets it; see `Contents`. */
export interface OwnerContents {
  open(id: number): Promise<OpenSource>;
  close(id: number): void;
}

/** What was handed over, to be opened when it is read. */
export const heldSource = (contents: OwnerContents, { id, size }: Handed): HeldSource => ({
  kind: 'held',
  size,
  open: async () => {
    const content = await contents.open(id);
    return { content, close: () => content.kind === 'file' && contents.close(id) };
  },
});
