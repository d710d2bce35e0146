import { availableParallelism } from 'node:os';
import {
  asBoolean,
  asFunction,
  asInteger,
  asObject,
  asSignal,
  assertKnownOptions,
} from '../../arguments/validate.js';
import { asChosen, type ChosenFiles } from '../transfers/chosen.js';

type NodeFs = typeof import('node:fs');

/**
 * A directory, or a file: a path of the fs object that is asked, or one of another filesystem, such as
 * `{ fs: nodeFs, path: 'data' }` for this machine's disk.
 */
export type MirrorEnd =
  | string
  | Buffer
  | URL
  | {
      /** `node:fs`, another tree of this package, or any object of that shape. */
      readonly fs: NodeFs;
      readonly path: string | Buffer | URL;
    };

/** `include` and `exclude` say what is mirrored; a directory that `exclude` matches is left out with all that is in it. */
export interface MirrorOptions extends ChosenFiles {
  /** What is in `to`, and not in `from`, is removed there; never what `include` and `exclude` leave out. @default false */
  readonly delete?: boolean | undefined;
  /** False: files that are in `to` stay as they are, whatever is in them. @default true */
  readonly force?: boolean | undefined;
  /** Nothing is changed: it resolves to what would be. @default false */
  readonly dryRun?: boolean | undefined;
  /** Files that are copied at once, from 1 to 256. @default 16 */
  readonly concurrency?: number | undefined;
  /** As that of `get`, for large files that go to the disk. @default false */
  readonly resume?: boolean | undefined;
  /** Called when it is known what is to be done, and as it gets on. */
  readonly onProgress?: ((progress: MirrorProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface MirrorProgress {
  /** Files that are through, of `filesTotal` that differ. */
  readonly files: number;
  readonly filesTotal: number;
  /** Their bytes. */
  readonly bytes: number;
  readonly bytesTotal: number;
  /** The file that got on, by its path in both directories; null when all begins, and when all has ended. */
  readonly transfer: {
    readonly name: string;
    readonly bytes: number;
    readonly size: number;
    readonly isDone: boolean;
  } | null;
}

/** What was done, or with `dryRun` what would be. Names are paths in both directories, with '/' between their parts. */
export interface Mirrored {
  /** What was copied: it wasn't there, or differed. Sorted by name. */
  readonly copied: readonly { readonly name: string; readonly size: number; readonly isNew: boolean }[];
  /** Files and directories that were removed. Sorted by name. */
  readonly removed: readonly string[];
  /** Files that were left as they are, for they are the same; or are there, without `force`. */
  readonly same: number;
  /** Bytes of what was copied. */
  readonly bytes: number;
  /** What stands for a directory that is found elsewhere, too: aliases, and links of drafts to directories. */
  readonly leftOut: readonly string[];
}

export type MirrorSettings = ReturnType<typeof asMirrorOptions>;

const KNOWN = [
  ...['include', 'exclude', 'delete', 'force', 'dryRun', 'concurrency', 'resume', 'onProgress', 'signal'],
];
/** Most is waiting for answers; a lone small file costs a turn of both. */
const STANDARD_CONCURRENCY = 16;

export function asMirrorOptions(options: unknown = {}) {
  const given = asObject(options, 'options');
  assertKnownOptions(given, KNOWN, 'mirror');
  const {
    delete: removes = false,
    force = true,
    dryRun = false,
    resume = false,
    onProgress = () => {},
  } = given;
  const tell = asFunction(onProgress, 'options.onProgress');
  return {
    chosen: asChosen(given),
    removes: asBoolean(removes, 'options.delete'),
    force: asBoolean(force, 'options.force'),
    dryRun: asBoolean(dryRun, 'options.dryRun'),
    resume: asBoolean(resume, 'options.resume'),
    concurrency: asInteger(given.concurrency ?? STANDARD_CONCURRENCY, 'options.concurrency', 1, 256),
    onProgress: (progress: MirrorProgress): void => void tell(progress),
    signal: asSignal(given.signal, 'options.signal'),
  };
}

/** Hashing keeps a core busy. */
export const HASHED_AT_ONCE = Math.max(2, availableParallelism());
