import type { TreePath } from './tree-path.js';
import type { Source } from './uploads.js';

/** One file of a draft. `name` is its path below the draft, as a tree path. */
export type DraftFile =
  | { readonly name: string; readonly kind: 'content'; readonly source: Source }
  /** Content that a version has already, at the path `origin`: no byte moves. */
  | {
      readonly name: string;
      readonly kind: 'copy';
      readonly origin: TreePath;
      /** As the entry that was copied told it: other content under that name now is ESTALE. @default any */
      readonly version?: string | undefined;
    }
  /** Content that lies elsewhere. */
  | { readonly name: string; readonly kind: 'reference'; readonly uri: string };

/** How a draft becomes a version. */
export interface CommitOptions {
  /** Aliases beside `latest`, which is always set. @default [] */
  readonly aliases?: readonly string[] | undefined;
  /** @default that of the version that the draft is a copy of; none, where it is a copy of none or of several */
  readonly description?: string | undefined;
  /** A JSON object of at most 100 keys. @default likewise */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Lifetime of the version in seconds; null: it has none. @default what the collection says */
  readonly ttl?: number | null | undefined;
  /** The draft holds what is new or changed; everything else stays as in the latest version. @default false */
  readonly incremental?: boolean | undefined;
  /** The run that logs the version. @default a new run of job type `auto`, as the SDK makes one */
  readonly runId?: string | undefined;
  /** The digests of the manifest. @default likewise, else 'MD5' */
  readonly digestAlgorithm?: 'MD5' | 'XXH128' | undefined;
  /**
   * Drafts of any processes with the same id make one version together (experimental).
   */
  readonly distributedId?: string | undefined;
  /** With `distributedId`: is this the contribution that finishes the version? @default true */
  readonly finish?: boolean | undefined;
}

/** What became of a draft. */
export interface Committed {
  /** 'vN'; null while a distributed version isn't finished. */
  readonly version: string | null;
  readonly id: string;
  /** Hex. */
  readonly digest: string;
  readonly aliases: readonly string[];
  /** The latest version has the same content: no new one was made. */
  readonly deduplicated: boolean;
}
