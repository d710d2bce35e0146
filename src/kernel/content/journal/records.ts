import type { Entry } from '../../../contract/entry.js';
import type { TreePath } from '../../../contract/tree-path.js';

/** What the journal holds of one path. */
export type JournalRecord = ContentRecord | OtherRecord;

export interface ContentRecord {
  readonly kind: 'content';
  /** The file's name in the directory of blobs. */
  readonly blob: string;
  /** Bytes of the blob that belong to the content; what lies behind them was never acknowledged. */
  readonly size: number;
  readonly mode: number | null;
  readonly mtimeMs: number | null;
  readonly generation?: number | undefined;
}

type OtherRecord =
  /** A directory beside versions that becomes one; `bases` are the versions that were copied into it as a whole. */
  | { readonly kind: 'draft'; readonly bases?: readonly TreePath[] | undefined }
  | { readonly kind: 'directory' }
  /** Content that the remote has under another name, `entry.origin`. */
  | { readonly kind: 'copy'; readonly entry: Entry }
  | { readonly kind: 'reference'; readonly uri: string };

/** One line of the log. */
export type Change =
  /** `at`: when it was acknowledged, by the wall clock (ms): of two dead sessions the later one is right. */
  | { readonly op: 'put'; readonly path: TreePath; readonly record: JournalRecord; readonly at: number }
  | { readonly op: 'remove'; readonly path: TreePath }
  | { readonly op: 'rename'; readonly from: TreePath; readonly to: TreePath }
  /** This log holds all that the log of that session held, which means nothing any more. */
  | { readonly op: 'adopted'; readonly session: string };
