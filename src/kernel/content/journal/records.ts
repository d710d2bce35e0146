import { crc32 } from 'node:zlib';
import type { Entry } from '../../../contract/entry.js';
import type { TreePath } from '../../../contract/tree-path.js';

/** What the journal holds of one path. */
export type JournalRecord = Held & {
  /** Names of one file have the same. */
  readonly shared?: string | undefined;
  /** Permission bits that a caller has set. */
  readonly mode?: number | null | undefined;
};

type Held =
  | {
      readonly kind: 'content';
      /** The file's name in the directory of blobs. */
      readonly blob: string;
      /** Bytes of the blob that belong to the content; what lies behind them was never acknowledged. */
      readonly size: number;
      readonly mtimeMs: number | null;
      readonly generation?: number | undefined;
    }
  /** A directory beside versions that becomes one; `bases` are the versions that were copied into it as a whole. */
  | { readonly kind: 'draft'; readonly bases?: readonly TreePath[] | undefined }
  | { readonly kind: 'directory' }
  /** Content that the remote has under another name, `entry.origin`. */
  | { readonly kind: 'copy'; readonly entry: Entry }
  | { readonly kind: 'reference'; readonly uri: string }
  /** A symbolic link as on a disk; see `PathLink`. */
  | { readonly kind: 'link'; readonly text: string; readonly end?: TreePath | null | undefined };

/** One line of the log. */
export type Change =
  /** `at`: when it was acknowledged, by the wall clock (ms): of two dead sessions the later one is right. */
  | { readonly op: 'put'; readonly path: TreePath; readonly record: JournalRecord; readonly at: number }
  | { readonly op: 'remove'; readonly path: TreePath }
  | { readonly op: 'rename'; readonly from: TreePath; readonly to: TreePath }
  /** This log holds all that the log of that session held, which means nothing any more. */
  | { readonly op: 'adopted'; readonly session: string };

/**
 * One change as one line: CRC-32 of the JSON (8 hex digits), its length in bytes, the JSON. JSON has no newline within,
 * so a reader finds the next line behind anything.
 */
export function lineOf(change: Change): Buffer {
  const json = Buffer.from(JSON.stringify(change));
  return Buffer.concat([Buffer.from(`${checksum(json)} ${json.byteLength} `), json, NEWLINE]);
}

export const NEWLINE = Buffer.from('\n');

export interface ReadLine {
  /** null: the line is torn, or was changed since; nothing of it is believed. */
  readonly change: Change | null;
  /** With its newline. */
  readonly bytes: number;
}

/** The lines of a log; one that can't be believed hides none behind it. */
export function* linesOf(log: Buffer): Generator<ReadLine> {
  for (let start = 0; start < log.byteLength; ) {
    const newline = log.indexOf(0x0a, start);
    const end = newline === -1 ? log.byteLength : newline;
    if (end > start) yield { change: parse(log.subarray(start, end)), bytes: end + 1 - start };
    start = end + 1;
  }
}

function parse(line: Buffer): Change | null {
  const [head, sum, length] = /^([0-9a-f]{8}) (\d+) /.exec(line.toString('latin1', 0, 32)) ?? [];
  if (head === undefined) return null;
  const json = line.subarray(head.length);
  if (json.byteLength !== Number(length) || checksum(json) !== sum) return null;
  // What the checksum vouches for is what `lineOf` was given.
  return JSON.parse(json.toString()) as Change;
}

const checksum = (bytes: Buffer): string => crc32(bytes).toString(16).padStart(8, '0');
