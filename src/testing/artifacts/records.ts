import { globalId, type Project, type Run } from '../world/records.js';

export type ArtifactState = 'PENDING' | 'COMMITTED' | 'DELETED';
export type DigestAlgorithm = 'MANIFEST_MD5' | 'MANIFEST_XXH128';
export type ManifestType = 'FULL' | 'INCREMENTAL' | 'PATCH';
export type StorageLayout = 'V1' | 'V2';

/** Labels of a version or a collection, each with its category, if it has one. */
export type Tags = Map<string, string | null>;

/** Times here and below are in milliseconds since the epoch. */
export interface ArtifactType {
  readonly number: number;
  readonly project: Project;
  readonly name: string;
  readonly description: string | null;
  readonly createdAt: number;
}

/** A sequence, where versions are born, or a portfolio, which links versions of sequences. */
export interface Collection {
  readonly number: number;
  readonly kind: 'SEQUENCE' | 'PORTFOLIO';
  readonly project: Project;
  name: string;
  type: ArtifactType;
  description: string | null;
  state: 'READY' | 'DELETED';
  readonly createdAt: number;
  updatedAt: number;
  readonly tags: Tags;
  /** By version index, ascending. */
  readonly members: Map<number, Membership>;
  readonly aliases: Map<string, Alias>;
  /** Version indices are never given out again. */
  nextIndex: number;
}

/** A version in a collection. */
export interface Membership {
  readonly number: number;
  readonly collection: Collection;
  readonly artifact: Artifact;
  readonly versionIndex: number;
  readonly createdAt: number;
  readonly aliases: Map<string, Alias>;
}

export interface Alias {
  readonly number: number;
  readonly name: string;
  readonly membership: Membership;
}

/** One version, from its declaration on. */
export interface Artifact {
  readonly number: number;
  readonly sequence: Collection;
  state: ArtifactState;
  digest: string;
  readonly digestAlgorithm: DigestAlgorithm;
  description: string | null;
  /** JSON text of an object. */
  metadata: string | null;
  labels: string | null;
  readonly tags: Tags;
  readonly historyStep: number | null;
  /** Null: inherited; 0: never ends. */
  ttlSeconds: number | null;
  readonly distributedID: string | null;
  readonly createdBy: Run | null;
  readonly createdAt: number;
  updatedAt: number | null;
  readonly commitHash: string;
  /** Aliases that wait for the commit. */
  readonly requestedAliases: Set<string>;
  /** In the order of their making. */
  readonly manifests: Manifest[];
  /** Files that were to be uploaded, by name. */
  readonly declared: Map<string, DeclaredFile>;
  /** What the version consists of; null until it is committed. */
  contents: Contents | null;
  readonly memberships: Set<Membership>;
  /** The runs that used it. */
  readonly users: Set<Run>;
}

export interface Manifest {
  readonly number: number;
  readonly artifact: Artifact;
  readonly type: ManifestType;
  readonly name: string;
  /** Base64 MD5 of the JSON; empty until it is known. */
  digest: string;
  base: Artifact | null;
  readonly createdAt: number;
  /** Its object in the storage. */
  readonly key: string;
}

export interface DeclaredFile {
  readonly number: number;
  readonly artifact: Artifact;
  readonly name: string;
  readonly key: string;
  readonly md5: string;
  readonly digest: string;
  readonly contentType: string;
}

/** An entry of a manifest. */
export interface ManifestEntry {
  readonly path: string;
  readonly digest: string;
  readonly size: number | null;
  readonly ref: string | null;
  readonly birthArtifactID: string | null;
  readonly extra: Readonly<Record<string, unknown>>;
}

/** The manifest that a version has in the end. */
export interface Contents {
  readonly manifest: Manifest;
  readonly layout: StorageLayout;
  readonly region: string;
  /** Sorted by path. */
  readonly entries: readonly ManifestEntry[];
  readonly byPath: ReadonlyMap<string, number>;
  readonly size: number;
}

export const artifactId = ({ number }: { readonly number: number }): string => globalId(`Artifact:${number}`);
export const manifestId = (manifest: Manifest): string => globalId(`ArtifactManifest:${manifest.number}`);
export const membershipId = (member: Membership): string =>
  globalId(`ArtifactCollectionMembership:${member.number}`);
export const aliasId = (alias: Alias): string => globalId(`ArtifactAlias:${alias.number}`);
export const typeId = (type: ArtifactType): string => globalId(`ArtifactType:${type.number}`);
export const tagId = (name: string): string => globalId(`Tag:${name}`);
export const collectionId = (collection: Collection): string =>
  globalId(`ArtifactCollection:${collection.number}`);

/** How messages name a version. */
export const nameOf = ({ sequence, number }: Artifact): string =>
  `${sequence.project.entity.name}/${sequence.project.name}/${sequence.name} (${number})`;

export const isVersionName = (name: string): boolean => /^v\d+$/.test(name);
