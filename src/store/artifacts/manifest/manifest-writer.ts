import { createHash } from 'node:crypto';
import type { DigestAlgorithm } from '../content-digest.js';
import type { ManifestEntry } from './manifest.js';

/** What the algorithm of an entry's digest is called is part of its `extra`. */
type WrittenEntry = Omit<ManifestEntry, 'algorithm'>;

/** What an entry's `extra` says of its digest: an MD5 goes without saying. */
export const extraOf = (algorithm: DigestAlgorithm): ManifestEntry['extra'] =>
  algorithm === 'xxh128' ? { alg: 'XXH128' } : {};

/**
 * The bytes of a manifest, as the SDK's core writes them (protocol section 6.3) but for what concerns the uploader's
 * machine alone: `local_path` and `skip_cache`.
 *
 * @param entries sorted by path
 * @param region of the storage that holds them; null: the one that needs no name
 */
export function writeManifest(
  entries: readonly WrittenEntry[],
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
function plain({ digest, size, ref, birthArtifactId, extra }: WrittenEntry): Record<string, unknown> {
  return {
    digest,
    ...(ref !== null && { ref }),
    size: size ?? 0,
    ...(birthArtifactId !== null && { birthArtifactID: birthArtifactId }),
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}
