import { md5Of } from '../../common/rows.js';
import { createHasher, type DigestAlgorithm, hexOf } from '../content.js';
import type { ManifestEntry } from './format.js';

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
  return { bytes, digest: md5Of(bytes) };
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

const MANIFEST_HEADER = 'wandb-artifact-manifest-v1\n';
/** Entries that are hashed at once: joined they cost less than one by one. */
const ENTRIES_AT_ONCE = 1000;

/**
 * The digest of an artifact, hex: of the paths and digests of its entries, which have to be sorted (protocol section
 * 7.4).
 */
export async function digestManifest(
  entries: readonly Pick<ManifestEntry, 'path' | 'digest'>[],
  algorithm: DigestAlgorithm,
): Promise<string> {
  const hasher = await createHasher(algorithm);
  hasher.update(Buffer.from(MANIFEST_HEADER));
  for (let at = 0; at < entries.length; at += ENTRIES_AT_ONCE) {
    const lines = entries.slice(at, at + ENTRIES_AT_ONCE).map(({ path, digest }) => `${path}:${digest}\n`);
    hasher.update(Buffer.from(lines.join('')));
  }
  return hexOf(hasher.digest());
}

const SURROGATE = /[\ud800-\udfff]/;

/**
 * Sorts by the bytes of UTF-8. JavaScript compares UTF-16 units instead, which is faster, and the same as long as nothing
 * lies outside the basic plane.
 */
export function sortedByPath<T extends { readonly path: string }>(entries: readonly T[]): T[] {
  if (entries.some(({ path }) => SURROGATE.test(path))) {
    return [...entries].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  }
  return [...entries].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
