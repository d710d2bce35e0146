/**
 * What W&B knows of what stands at a path, by kind. Plain data that JSON can hold; times are ISO 8601 in UTC with
 * milliseconds, such as '2026-11-23T13:42:58.000Z'. Null: W&B tells nothing.
 */
export type Facts =
  | RootFacts
  | EntityFacts
  | ProjectFacts
  | RunFacts
  | DirectoryFacts
  | FileFacts
  | ArtifactTypeFacts
  | CollectionFacts
  | VersionFacts
  | DraftFacts;

/** The top of all, above entities. */
export interface RootFacts {
  readonly kind: 'root';
}

interface Named {
  /** W&B's global id. */
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
}

interface InProject {
  readonly entity: string;
  readonly project: string;
}

/** A user's or a team's name space. */
export interface EntityFacts extends Named {
  readonly kind: 'entity';
  readonly isTeam: boolean;
}

export interface ProjectFacts extends Named {
  readonly kind: 'project';
  readonly entity: string;
  readonly description: string | null;
  /** Who made it. */
  readonly user: UserFacts | null;
  readonly runCount: number;
  readonly updatedAt: string | null;
  /** When a run of it was active last. */
  readonly lastActive: string | null;
}

export interface UserFacts {
  readonly username: string | null;
  /** As it is shown. */
  readonly name: string;
}

export interface RunFacts extends Named, InProject {
  readonly kind: 'run';
  /** What paths call it. */
  readonly name: string;
  /** As the W&B app calls it, such as 'eager-fox-1'; several runs may have the same one. */
  readonly displayName: string | null;
  /** 'running', 'finished', 'failed', 'crashed', 'killed', 'pending', 'preempting' or 'preempted'. */
  readonly state: string | null;
  readonly user: UserFacts | null;
  readonly tags: readonly string[];
  readonly group: string | null;
  readonly jobType: string | null;
  /** The name of the sweep that it belongs to. */
  readonly sweep: string | null;
  readonly description: string | null;
  readonly notes: string | null;
  /** The values alone, without descriptions and W&B's own keys, as `Run.config` of the official SDK. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly summary: Readonly<Record<string, unknown>>;
  /** The commit of the code that it ran. */
  readonly commit: string | null;
  readonly host: string | null;
  readonly exitCode: number | null;
  readonly fileCount: number | null;
  readonly updatedAt: string | null;
  /** When it was heard of last. */
  readonly heartbeatAt: string | null;
}

/** A directory inside a run or a version: W&B knows of names of files only. */
export interface DirectoryFacts {
  readonly kind: 'directory';
}

export interface FileFacts {
  readonly kind: 'file';
  /** W&B's global id; files of versions have none. */
  readonly id: string | null;
  /** Bytes. */
  readonly size: number | null;
  /** Base64. */
  readonly digest: string | null;
  readonly digestAlgorithm: 'MD5' | 'XXH128' | null;
  /** Base64: the digest, where that is an MD5. */
  readonly md5: string | null;
  readonly mimetype: string | null;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  /** The URI of content that lies elsewhere. */
  readonly reference: string | null;
  /** Of such content: what its version notes beside the digest, such as `{ etag, versionID }`. */
  readonly extra: Readonly<Record<string, unknown>> | null;
  /** It has content that W&B doesn't have yet: size is that content's, and nothing tells its digest. */
  readonly isPending: boolean;
}

export interface ArtifactTypeFacts extends Named, InProject {
  readonly kind: 'artifactType';
  readonly description: string | null;
}

export interface CollectionFacts extends Named, InProject {
  readonly kind: 'collection';
  readonly type: string;
  /** Its versions are links to those of other collections, as in a registry. */
  readonly isPortfolio: boolean;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly updatedAt: string | null;
}

/** A version; an alias tells of the version that it points to. */
export interface VersionFacts extends InProject {
  readonly kind: 'version';
  /** W&B's global id. */
  readonly id: string;
  /** Its number in this collection, 'vN'. */
  readonly version: string;
  readonly collection: string;
  readonly type: string;
  /** Those of this collection. */
  readonly aliases: readonly string[];
  readonly tags: readonly string[];
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  /** Hex, of the manifest. */
  readonly digest: string;
  readonly digestAlgorithm: 'MD5' | 'XXH128' | null;
  /** Bytes. */
  readonly size: number;
  readonly fileCount: number;
  /** Lifetime in seconds; null: it has none. */
  readonly ttlSeconds: number | null;
  readonly state: string;
  readonly createdAt: string;
  readonly updatedAt: string | null;
  /** Where a version comes from that was linked into this collection. */
  readonly source: (InProject & { readonly collection: string; readonly version: string | null }) | null;
}

/** A directory beside versions that only this instance has. */
export interface DraftFacts {
  readonly kind: 'draft';
  /** How many there are. */
  readonly files: number;
}
