import { randomBytes } from 'node:crypto';

/**
 * When an uploaded file shows in listings. 'put': with the PUT, as an object store's notification does. 'mark': with
 * `markRunFilesUploaded`, or a file stream's `uploaded`. `delayMs`: that many milliseconds after the PUT, whatever the
 * client says.
 */
export type Finalize = 'put' | 'mark' | { readonly delayMs: number };

/** What one request may ask for. Larger pages are cut short; more names, ids or files are a GraphQL error. */
export interface Limits {
  /** Rows in one page of a connection. @default 1000 */
  readonly page: number;
  /** Names in one `files(names:)` or `runs(names:)`. @default 1000 */
  readonly names: number;
  /** Ids in one `deleteFiles`. @default 1000 */
  readonly ids: number;
  /** Files in one `createRunFiles` or `markRunFilesUploaded`. @default 1000 */
  readonly files: number;
  /** Files in one `createArtifactFiles`, entries in one `filesByManifestEntries`. @default 2000, as many as the SDK sends */
  readonly artifactFiles: number;
  /** API requests per second; above it the answer is 429 with Retry-After. @default Infinity */
  readonly requestsPerSecond: number;
}

export interface Viewer {
  /** The default entity. @default 'viewer' */
  readonly entity: string;
  /** @default the entity */
  readonly username: string;
  /** @default 'Local Viewer' */
  readonly name: string;
  /** @default 'viewer@localhost' */
  readonly email: string;
  /** Further entities that the viewer belongs to; entities that are seeded join them. @default [] */
  readonly teams: readonly string[];
}

/** An organisation that the viewer belongs to. */
export interface Organization {
  /** As it is shown, such as 'Acme, Inc.'. */
  readonly name: string;
  /** The entity that holds its registries: projects that are called `wandb-registry-…`. */
  readonly entity: string;
  /** Entities that belong to it. @default [] */
  readonly teams?: readonly string[] | undefined;
  /** Aliases that the viewer may neither set nor remove in the organisation's registries. @default [] */
  readonly protectedAliases?: readonly string[] | undefined;
}

export interface FakeWandbOptions {
  /** Port of the API; the storage listens on another one, as the real one lives on another host. @default 0, any */
  readonly port?: number | undefined;
  /** @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** The one key that is accepted. @default 40 random characters */
  readonly apiKey?: string | undefined;
  /** Milliseconds by which every answer is late. @default 0 */
  readonly latencyMs?: number | undefined;
  /** @default 'put' */
  readonly finalize?: Finalize | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /**
   * Names of the features that `serverInfo` reports. What belongs to one that isn't named is not there: fields and
   * arguments are unknown to the schema, addresses are not found. `ARTIFACT_DIGEST_ALGORITHM` brings XXH128 digests.
   *
   * @default RUN_FEATURES and ARTIFACT_FEATURES
   */
  readonly features?: readonly string[] | undefined;
  /** How signed URLs look and how they fail. @default 'gcs' */
  readonly storage?: 'gcs' | 's3' | undefined;
  /** How long a signed URL is good, in milliseconds. @default one hour */
  readonly urlTtlMs?: number | undefined;
  /** The `uploadHeaders` handed out with upload URLs and signed by them. @default one header of the storage's kind */
  readonly uploadHeaders?: readonly string[] | undefined;
  readonly viewer?: Partial<Viewer> | undefined;
  /** @default [] */
  readonly organizations?: readonly Organization[] | undefined;
  /** The identity token that `/oidc/token` accepts. @default any JWT */
  readonly identityToken?: string | undefined;
  /** The regions that artifacts may be stored in, beside `default` and those of versions that are seeded. @default ['minio-local'] */
  readonly storageRegions?: readonly string[] | undefined;
  /** A directory to start from: a recorded world, or files, `<world>/<entity>/<project>/<run>/<file…>`. */
  readonly world?: string | undefined;
}

/** The features of the real service that concern runs and that this server has. */
export const RUN_FEATURES: readonly string[] = [
  'MARK_RUN_FILES_UPLOADED',
  'TOTAL_COUNT_IN_FILE_CONNECTION',
  'LARGE_FILENAMES',
  'FILESTREAM_GZIP',
];

/** The features of the real service that concern artifacts and that this server has unless it is told otherwise. */
export const ARTIFACT_FEATURES: readonly string[] = [
  'ARTIFACT_TAGS',
  'CLIENT_IDS',
  'PROJECT_ARTIFACT_COLLECTION_MEMBERSHIP',
  'ARTIFACT_COLLECTION_MEMBERSHIP_FILES',
  'ARTIFACT_COLLECTION_MEMBERSHIP_FILE_DOWNLOAD_HANDLER',
  'ARTIFACT_MEMBERSHIP_IN_LINK_ARTIFACT_RESPONSE',
  'ARTIFACT_COLLECTIONS_FILTERING_SORTING',
  'ARTIFACT_V2_DOWNLOAD_HANDLER_SUPPORTS_ARTIFACT_ID',
  'USE_ARTIFACT_WITH_ENTITY_AND_PROJECT_INFORMATION',
  'ARTIFACT_REGISTRY_SEARCH',
  'INCLUDE_ARTIFACT_TYPES_IN_REGISTRY_CREATION',
];

type Filled<Options> = { readonly [Key in keyof Options]-?: NonNullable<Options[Key]> };

/** Options with their defaults filled in. */
export interface Settings extends Filled<Omit<FakeWandbOptions, 'world' | 'identityToken'>> {
  readonly limits: Limits;
  readonly viewer: Viewer;
  readonly organizations: readonly Filled<Organization>[];
  readonly identityToken: string | null;
}

/** Fills in the defaults. Throws a TypeError for values that no server could be started with. */
export function resolveOptions(options: FakeWandbOptions): Settings {
  const storage = options.storage ?? 'gcs';
  const entity = options.viewer?.entity ?? 'viewer';
  const finalize = options.finalize ?? 'put';
  if (finalize !== 'put' && finalize !== 'mark' && !(typeof finalize === 'object' && finalize.delayMs >= 0)) {
    throw new TypeError("`finalize` must be 'put', 'mark' or { delayMs } with a number of milliseconds.");
  }
  const limits: Limits = {
    page: 1000,
    names: 1000,
    ids: 1000,
    files: 1000,
    artifactFiles: 2000,
    requestsPerSecond: Infinity,
    ...options.limits,
  };
  for (const [name, value] of Object.entries(limits)) {
    if (!(value > 0)) throw new TypeError(`\`limits.${name}\` must be a positive number; got ${value}.`);
  }
  return {
    port: options.port ?? 0,
    host: options.host ?? '127.0.0.1',
    apiKey: options.apiKey ?? randomBytes(20).toString('hex'),
    latencyMs: options.latencyMs ?? 0,
    finalize,
    limits,
    features: options.features ?? [...RUN_FEATURES, ...ARTIFACT_FEATURES],
    storage,
    urlTtlMs: options.urlTtlMs ?? 3_600_000,
    uploadHeaders: options.uploadHeaders ?? [
      storage === 'gcs' ? 'X-Goog-Meta-Origin: run' : 'X-Amz-Meta-Origin: run',
    ],
    viewer: {
      entity,
      username: options.viewer?.username ?? entity,
      name: options.viewer?.name ?? 'Local Viewer',
      email: options.viewer?.email ?? 'viewer@localhost',
      teams: options.viewer?.teams ?? [],
    },
    organizations: (options.organizations ?? []).map(({ teams = [], protectedAliases = [], ...named }) => ({
      ...named,
      teams,
      protectedAliases,
    })),
    identityToken: options.identityToken ?? null,
    storageRegions: ['default', ...(options.storageRegions ?? ['minio-local'])],
  };
}
