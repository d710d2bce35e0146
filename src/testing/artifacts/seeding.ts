/** An entry that leads elsewhere: a URI, or one with what is known of its target. */
export type SeedReference =
  | string
  | {
      /** Such as 's3://bucket/key'. */
      readonly ref: string;
      /** What stands in the manifest, such as an ETag. @default the URI */
      readonly digest?: string | undefined;
      /** Bytes. @default none is given */
      readonly size?: number | undefined;
      /** Such as `{ etag, versionID }`. @default none */
      readonly extra?: Readonly<Record<string, unknown>> | undefined;
    };

/** One version to be. */
export interface SeedVersion {
  /** Contents by path. Text is stored as UTF-8. Contents that an earlier version of the collection has are its. */
  readonly files?: Readonly<Record<string, string | Uint8Array>> | undefined;
  /** References by path. */
  readonly references?: Readonly<Record<string, SeedReference>> | undefined;
  /** Beside `latest`, which the last version of a collection has. Ones that it may not have are taken, too. */
  readonly aliases?: readonly string[] | undefined;
  /** @default 'COMMITTED' */
  readonly state?: 'COMMITTED' | 'PENDING' | undefined;
  /** @default 'MANIFEST_MD5' */
  readonly digestAlgorithm?: 'MANIFEST_MD5' | 'MANIFEST_XXH128' | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly description?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Seconds. @default inherited */
  readonly ttlSeconds?: number | undefined;
  /** The name of the run that logged it, in the same project; made where it isn't there. @default none */
  readonly run?: string | undefined;
  /** Milliseconds since the epoch. @default now */
  readonly createdAt?: number | undefined;
  /** @default 'V2' */
  readonly storageLayout?: 'V1' | 'V2' | undefined;
  /** The region that the manifest names. @default none */
  readonly storageRegion?: string | undefined;
  /**
   * Stands in place of the manifest that would be made: an object as JSON, text and bytes as they are, be they a
   * manifest or not. `files` are stored all the same; entries without a `birthArtifactID` are taken for the version's
   * own. The service's listings show what a client could make of it, or nothing.
   */
  readonly manifest?: string | Uint8Array | Readonly<Record<string, unknown>> | undefined;
}

export interface SeedLink {
  /** 'entity/project/collection:alias' or '…:vN', percent-encoded as paths are. */
  readonly to: string;
  /** Beside `latest`, which the last link has. */
  readonly aliases?: readonly string[] | undefined;
}

/** One collection: versions make it a sequence, links a portfolio. With neither it is an empty sequence. */
export interface SeedCollection {
  /** Oldest first. */
  readonly versions?: readonly SeedVersion[] | undefined;
  /** Oldest first. An empty list makes an empty portfolio. */
  readonly links?: readonly SeedLink[] | undefined;
  readonly description?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}

/** Collections by path, 'entity/project/type/collection'. */
export type SeedArtifacts = Readonly<Record<string, SeedCollection>>;

export interface SeededVersion {
  readonly id: string;
  /** 'vN' in this collection; null while it is pending. */
  readonly version: string | null;
  readonly digest: string;
}

export interface SeededCollection {
  readonly id: string;
  readonly versions: readonly SeededVersion[];
}
