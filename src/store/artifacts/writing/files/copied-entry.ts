import type { DraftFile } from '../../../../contract/drafts.js';
import { Failure } from '../../../../contract/failure.js';
import { contentNameOf } from '../../content-digest.js';
import { ANY_REGION, type ManifestEntry } from '../../manifest/manifest.js';
import { findManifestEntry } from '../../manifest/manifest-lookup.js';
import type { WritingContext } from '../context.js';

type CopiedFile = Extract<DraftFile, { kind: 'copy' }>;

/** What a manifest tells of a file, for another one that holds it too. */
interface CopiedEntry {
  readonly entry: Omit<ManifestEntry, 'path'>;
  /** The region of the storage that holds it. */
  readonly region: string;
}

/**
 * Finds what the manifest of a version tells of a file that a draft copies. Rejects with ENOENT without one, with ESTALE
 * if its content isn't the one that was copied: a collection that was made anew has other versions of the same names.
 */
export async function copiedEntry(
  context: WritingContext,
  { origin, version: copied }: CopiedFile,
  signal: AbortSignal | undefined,
): Promise<CopiedEntry> {
  const found = await findManifestEntry(context, origin, signal);
  if (!found) throw new Failure('ENOENT', `There is no '${origin}' any more.`);
  const { entry, manifest, version } = found;
  const name = contentNameOf(copied ?? '');
  if (name && entry.ref === null && (name.digest !== entry.digest || name.algorithm !== entry.algorithm)) {
    throw new Failure('ESTALE', `'${origin}' holds other content now; copy it again.`);
  }
  if (entry.ref !== null) return { entry, region: ANY_REGION };
  if (manifest.layout === 'V1') {
    throw new Failure(
      'ENOTSUP',
      `'${origin}' lies in a storage of the old layout, which no new version can share; read it, and write it anew.`,
    );
  }
  const birthArtifactId = entry.birthArtifactId ?? version.id;
  return { entry: { ...entry, birthArtifactId }, region: manifest.region };
}
