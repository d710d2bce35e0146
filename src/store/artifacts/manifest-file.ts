import { createHash } from 'node:crypto';

/** One file as the manifest of a version tells it. */
export interface ManifestFileEntry {
  /** The path in the version, by the server's names. */
  readonly path: string;
  /** Base64; of a reference whatever names its content. */
  readonly digest: string;
  /** Bytes; null: not known, as of most references. */
  readonly size: number | null;
  /** Where the content lies, of a reference. */
  readonly ref: string | null;
  /** The version that the bytes were first uploaded with; null for references, and in old versions. */
  readonly birthArtifactId: string | null;
  readonly extra: Readonly<Record<string, unknown>>;
}

/** The name of the algorithm in an entry's `extra`; without it the digest is an MD5. */
export const XXH128_EXTRA = { alg: 'XXH128' } as const;

/**
 * The bytes of a manifest, as the SDK's core writes them (protocol section 6.3) but for what concerns the uploader's
 * machine alone: `local_path` and `skip_cache`.
 *
 * @param entries sorted by path
 * @param region of the storage that holds them; null: the one that needs no name
 */
export function manifestFile(
  entries: readonly ManifestFileEntry[],
  region: string | null = null,
): {
  readonly bytes: Uint8Array;
  /** Base64 MD5. */
  readonly digest: string;
} {
  // Not as one object: a path may be '__proto__', and those that look like numbers would come first.
  const contents = entries.map((entry) => `${JSON.stringify(entry.path)}:${JSON.stringify(plain(entry))}`);
  const config = JSON.stringify({ storageLayout: 'V2', ...(region !== null && { storageRegion: region }) });
  const head = `{"version":1,"storagePolicy":"wandb-storage-policy-v1","storagePolicyConfig":${config}`;
  const bytes = Buffer.from(`${head},"contents":{${contents.join(',')}}}`);
  return { bytes, digest: createHash('md5').update(bytes).digest('base64') };
}

/** The core tells a size that it doesn't know as 0. */
function plain({ digest, size, ref, birthArtifactId, extra }: ManifestFileEntry): Record<string, unknown> {
  return {
    digest,
    ...(ref !== null && { ref }),
    size: size ?? 0,
    ...(birthArtifactId !== null && { birthArtifactID: birthArtifactId }),
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}
