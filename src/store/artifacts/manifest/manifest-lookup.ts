import type { TreePath } from '../../../contract/tree-path.js';
import type { Version } from '../listing/version-queries.js';
import type { Versions } from '../listing/versions.js';
import { placeOf } from '../places.js';
import type { Manifest, ManifestEntry } from './manifest.js';
import type { Manifests } from './manifests.js';

/** What a manifest tells of one file, and whose it is. */
interface FoundEntry {
  readonly version: Version;
  readonly manifest: Manifest;
  readonly entry: ManifestEntry;
}

/**
 * The manifest's entry behind a path of a version; null: there is none. Manifests that were read once cost no request.
 */
export async function findManifestEntry(
  { versions, manifests }: { readonly versions: Versions; readonly manifests: Manifests },
  path: TreePath,
  signal: AbortSignal | undefined,
): Promise<FoundEntry | null> {
  const { unit, file } = placeOf(path);
  const version = unit === null || file === null ? null : await versions.find(unit, signal);
  if (!version || file === null) return null;
  const manifest = await manifests.get(version.id, signal);
  const entry = manifest.entries.get(file);
  return entry ? { version, manifest, entry } : null;
}
