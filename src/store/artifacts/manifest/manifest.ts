import type { DigestAlgorithm } from '../content-digest.js';

/** One file of a version, as its manifest tells of it (protocol section 6.3). What the uploader's disk was like isn't kept. */
export interface ManifestEntry {
  /** The server's name of the file: its path in the version. */
  readonly path: string;
  /** Base64 of the content's digest; of a reference whatever names its content: an ETag, a URI, a digest. */
  readonly digest: string;
  readonly algorithm: DigestAlgorithm;
  /** Bytes; null where the manifest doesn't tell. */
  readonly size: number | null;
  /** The URI of content that lies elsewhere. */
  readonly ref: string | null;
  /** The artifact with which these bytes came to the storage; null of references, and in old versions. */
  readonly birthArtifactId: string | null;
  /** `etag`, `versionID`, `alg` and whatever else the writer noted. */
  readonly extra: Readonly<Record<string, unknown>>;
}

export interface Manifest {
  readonly layout: 'V1' | 'V2';
  /** As the storage's own addresses name it. */
  readonly region: string;
  /** By path, in the manifest's order. A path that is also a directory (`a` beside `a/b`) is among them. */
  readonly entries: ReadonlyMap<string, ManifestEntry>;
  /** Has this path files below it? */
  isDirectory(path: string): boolean;
  /** What it takes in memory, roughly, in bytes. */
  readonly weight: number;
}

/** As manifests name the region that they don't name. */
export const ANY_REGION = 'default';
