import type { DraftFile } from '../../../../contract/drafts.js';
import { Failure } from '../../../../contract/failure.js';
import { decodeFileName } from '../../../../contract/tree-path.js';
import type { Source } from '../../../../contract/uploads.js';
import { reading, sizeOf } from '../../../common/sources.js';
import { contentNameOf, type DigestAlgorithm, versionOf } from '../../content.js';
import type { ArtifactsContext } from '../../context.js';
import { ANY_REGION, type ManifestEntry } from '../../manifest/format.js';
import { digestManifest, extraOf, sortedByPath } from '../../manifest/writer.js';
import { checkInnerPath } from '../../names.js';
import { assertNotAborted, forEachOf } from '../concurrency.js';
import { step } from '../failures.js';
import { digestContent } from '../files/digests.js';
import { partBytesOf } from '../files/parts.js';

/** Files of a draft that are read at once. */
const READ_AT_ONCE = 16;

/**
 * Small content that was read to know its digests stays until it is sent, in bytes: so it needn't be asked for again. A
 * commit keeps so much in all.
 */
const MOST_KEPT_OF_A_FILE = 64 * 1024;
const MOST_KEPT = 16 * 1024 * 1024;

/** Content that the server may not have. */
export interface PlannedUpload {
  /** Its name in the draft. */
  readonly name: string;
  /** Its path in the version. */
  readonly path: string;
  readonly source: Source;
  /** Bytes. */
  readonly size: number;
  /** Base64, by the version's algorithm. */
  readonly digest: string;
  /** Base64. */
  readonly md5: string;
  /** Where it is sent in parts: their size in bytes, and their MD5s in hex. */
  readonly parts: { readonly bytes: number; readonly md5s: readonly string[] } | null;
}

/** A draft of which everything is known that the server has to be told. */
export interface Plan {
  /** Sorted; those of `uploads` don't know yet which artifact their bytes came with. */
  readonly entries: readonly ManifestEntry[];
  readonly uploads: readonly PlannedUpload[];
  /** Hex. */
  readonly digest: string;
  readonly algorithm: DigestAlgorithm;
  /** Where the storage has what was copied, and so has to have the rest; null: where the server likes. */
  readonly region: string | null;
}

/** Reads what is new in a draft, and takes what was copied from the manifests it comes from. */
export async function planDraft(
  context: ArtifactsContext,
  files: readonly DraftFile[],
  algorithm: DigestAlgorithm,
  signal: AbortSignal | undefined,
): Promise<Plan> {
  const named = files.map((file) => ({ file, path: pathOf(file.name) }));
  assertDistinct(named);
  const entries: ManifestEntry[] = [];
  const uploads: PlannedUpload[] = [];
  const regions = new Set<string>();
  let kept = 0;
  const keeps = (bytes: number): boolean => {
    if (bytes > MOST_KEPT_OF_A_FILE || kept + bytes > MOST_KEPT) return false;
    kept += bytes;
    return true;
  };
  await forEachOf(named, READ_AT_ONCE, async ({ file, path }) => {
    assertNotAborted(signal);
    if (file.kind === 'copy') {
      const { entry, region } = await step(`Copying '${path}' failed`, () =>
        copiedEntry(context, file, signal),
      );
      entries.push({ ...entry, path });
      if (region !== null) regions.add(region);
    } else if (file.kind === 'reference') {
      entries.push(reference(path, file.uri));
    } else {
      const upload = await step(`Reading '${path}' failed`, () =>
        planned(context, { name: file.name, path, source: file.source }, { algorithm, signal, keeps }),
      );
      uploads.push(upload);
      entries.push(entryOf(upload, algorithm));
    }
  });
  const sorted = sortedByPath(entries);
  return {
    entries: sorted,
    uploads: sortedByPath(uploads),
    digest: await digestManifest(sorted, algorithm),
    algorithm,
    region: onlyOf(regions),
  };
}

/** A version lies in one region: its manifest has room for no more. */
function onlyOf(regions: ReadonlySet<string>): string | null {
  const [region = ANY_REGION, other] = regions;
  if (other === undefined) return region === ANY_REGION ? null : region;
  throw new Failure(
    'EXDEV',
    `The draft has copies from the storage regions '${region}' and '${other}'; write those of one of them anew.`,
  );
}

function pathOf(name: string): string {
  const path = decodeFileName(name);
  checkInnerPath(path);
  return path;
}

function assertDistinct(files: readonly { readonly path: string }[]): void {
  const seen = new Set<string>();
  for (const { path } of files) {
    if (seen.has(path)) throw new Failure('EINVAL', `The draft has two files at '${path}'.`);
    seen.add(path);
  }
}

interface Reading {
  readonly algorithm: DigestAlgorithm;
  readonly signal: AbortSignal | undefined;
  /** May so many bytes stay in memory? */
  readonly keeps: (bytes: number) => boolean;
}

async function planned(
  context: ArtifactsContext,
  { name, path, source }: Pick<PlannedUpload, 'name' | 'path' | 'source'>,
  { keeps, ...options }: Reading,
): Promise<PlannedUpload> {
  const size = sizeOf(source);
  const partBytes = partBytesOf(size, context.artifacts);
  const { content, digests } = await reading(source, async (content) => ({
    content,
    digests: await digestContent(content, { ...options, partBytes }),
  }));
  const { digest, md5, parts } = digests;
  return {
    name,
    path,
    source: content.kind === 'bytes' && keeps(size) ? content : source,
    size,
    digest,
    md5,
    parts: partBytes !== null && parts !== null ? { bytes: partBytes, md5s: parts } : null,
  };
}

const entryOf = ({ path, digest, size }: PlannedUpload, algorithm: DigestAlgorithm): ManifestEntry => ({
  path,
  digest,
  algorithm,
  size,
  ref: null,
  birthArtifactId: null,
  extra: extraOf(algorithm),
});

/** As the SDK adds references without asking for a checksum: their content is named by their address. */
function reference(path: string, uri: string): ManifestEntry {
  if (!/^[a-z][a-z\d+.-]*:/i.test(uri)) {
    throw new Failure('EINVAL', `The reference '${path}' needs a URI, such as 's3://bucket/key'.`);
  }
  return { path, digest: uri, algorithm: 'md5', size: null, ref: uri, birthArtifactId: null, extra: {} };
}

/**
 * Finds what the manifest of a version tells of a file that a draft copies, and the region of the storage that holds it:
 * none does of a reference. Rejects with ENOENT without one, with ESTALE
 * if its content isn't the one that was copied: a collection that was made anew has other versions of the same names.
 */
async function copiedEntry(
  context: ArtifactsContext,
  { origin, version: copied = '' }: Extract<DraftFile, { kind: 'copy' }>,
  signal: AbortSignal | undefined,
): Promise<{ readonly entry: ManifestEntry; readonly region: string | null }> {
  const found = await context.versions.entryAt(origin, signal);
  if (!found) throw new Failure('ENOENT', `There is no '${origin}' any more.`);
  const { entry, manifest, version } = found;
  if (entry.ref !== null) return { entry, region: null };
  if (contentNameOf(copied) !== null && copied !== versionOf(entry)) {
    throw new Failure('ESTALE', `'${origin}' holds other content now; copy it again.`);
  }
  if (manifest.layout === 'V1') {
    throw new Failure(
      'ENOTSUP',
      `'${origin}' lies in a storage of the old layout, which no new version can share; read it, and write it anew.`,
    );
  }
  const birthArtifactId = entry.birthArtifactId ?? version.id;
  return { entry: { ...entry, birthArtifactId }, region: manifest.region };
}
