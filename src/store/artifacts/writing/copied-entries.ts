import type { TreePath } from '../../contract.js';
import { Failure } from '../../failure.js';
import type { ArtifactParts } from '../parts.js';
import { placeOf } from '../places.js';
import type { CopiedEntry } from './context.js';

/** Finds what manifests tell of the files that drafts copy. Manifests that were read once cost no request. */
export function copiedEntries({
  versions,
  manifests,
}: Pick<ArtifactParts, 'versions' | 'manifests'>): (
  origin: TreePath,
  signal: AbortSignal | undefined,
) => Promise<CopiedEntry> {
  return async (origin, signal) => {
    const { unit, file } = placeOf(origin);
    const version = unit === null ? null : await versions.find(unit, signal);
    const manifest = version && (await manifests.get(version.id, signal));
    const entry = file === null ? undefined : manifest?.entries.get(file);
    if (!version || !manifest || !entry) throw new Failure('ENOENT', `There is no '${origin}' any more.`);
    if (entry.ref !== null) return entry;
    if (manifest.layout === 'V1') {
      throw new Failure(
        'ENOTSUP',
        `'${origin}' lies in a storage of the old layout, which no new version can share; read it, and write it anew.`,
      );
    }
    const birthArtifactId = entry.birthArtifactId ?? version.id;
    return { ...entry, birthArtifactId, region: manifest.region };
  };
}
