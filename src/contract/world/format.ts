/**
 * A recorded world: runs and artifacts as a directory. Files lie as files where the addresses of the W&B app have them;
 * what files don't tell stands in JSON beside them. `docs/RECORDED-WORLDS.md` has the layout.
 *
 * Who records leaves out what is null or empty; times are ISO 8601 in UTC.
 */

/** At the top of each; without it a directory is no recorded world. */
export const WORLD_FILE = 'wandb-world.json';
export const WORLD_VERSION = 1;

/** The names of what isn't named by W&B. */
export const ENTITY_FILE = 'entity.json';
export const PROJECT_FILE = 'project.json';
export const RUNS_DIRECTORY = 'runs';
export const ARTIFACTS_DIRECTORY = 'artifacts';
export const RUN_FILE = 'run.json';
export const TYPE_FILE = 'type.json';
export const COLLECTION_FILE = 'collection.json';
export const VERSION_FILE = 'version.json';
/** Below a run, and below a version. */
export const FILES_DIRECTORY = 'files';

export interface WorldSheet {
  readonly version: number;
}

export interface EntitySheet {
  readonly id?: string | undefined;
  readonly isTeam?: boolean | undefined;
  readonly createdAt?: string | undefined;
}

export interface ProjectSheet {
  readonly description?: string | undefined;
  readonly createdAt?: string | undefined;
  readonly updatedAt?: string | undefined;
}

type Values = Readonly<Record<string, unknown>>;

export interface RunSheet {
  readonly displayName?: string | undefined;
  readonly state?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly group?: string | undefined;
  readonly jobType?: string | undefined;
  readonly sweep?: string | undefined;
  readonly description?: string | undefined;
  readonly notes?: string | undefined;
  readonly commit?: string | undefined;
  readonly host?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly createdAt?: string | undefined;
  readonly heartbeatAt?: string | undefined;
  /** The values alone. */
  readonly config?: Values | undefined;
  readonly summary?: Values | undefined;
  /** By the names that W&B has for them. */
  readonly files?: Readonly<Record<string, FileSheet>> | undefined;
}

/** Where the content of a file is, if it isn't at its own place. */
interface ContentSheet {
  /** The path, from the top of the world, of a file with the same content. */
  readonly sameAs?: string | undefined;
  /** It isn't in the world; size and digest tell what it was. */
  readonly isLeftOut?: boolean | undefined;
  /** Bytes. */
  readonly size?: number | undefined;
  /** Base64: of a run's file an MD5. */
  readonly digest?: string | undefined;
}

/** A file of a run. */
export interface FileSheet extends ContentSheet {
  readonly createdAt?: string | undefined;
  readonly updatedAt?: string | undefined;
}

export interface TypeSheet {
  readonly id?: string | undefined;
  readonly description?: string | undefined;
  readonly createdAt?: string | undefined;
}

export interface CollectionSheet {
  readonly id?: string | undefined;
  /** Its versions are links. */
  readonly isPortfolio?: boolean | undefined;
  readonly description?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly createdAt?: string | undefined;
  readonly updatedAt?: string | undefined;
}

export interface VersionSheet {
  /** W&B's global id: references between artifacts lead to it. */
  readonly id?: string | undefined;
  readonly aliases?: readonly string[] | undefined;
  /** Of a link: the version that it leads to; that has all but the aliases. */
  readonly source?:
    | {
        readonly entity: string;
        readonly project: string;
        readonly collection: string;
        readonly version: string;
      }
    | undefined;
  readonly digest?: string | undefined;
  readonly digestAlgorithm?: 'MD5' | 'XXH128' | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly metadata?: Values | undefined;
  /** Seconds. */
  readonly ttlSeconds?: number | undefined;
  readonly createdAt?: string | undefined;
  readonly updatedAt?: string | undefined;
  /** By their paths in the version. */
  readonly files?: Readonly<Record<string, VersionFileSheet>> | undefined;
}

/** A file of a version. Its digest is what the manifest has of it: of the version's algorithm, or of a reference anything. */
export interface VersionFileSheet extends ContentSheet {
  /** The URI of content that lies elsewhere. */
  readonly reference?: string | undefined;
  /** What else the manifest notes of a reference. */
  readonly extra?: Values | undefined;
}
