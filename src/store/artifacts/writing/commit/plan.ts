import type { DraftFile } from '../../../../contract/drafts.js';
import { Failure } from '../../../../contract/failure.js';
import { decodeFileName, type TreePath } from '../../../../contract/tree-path.js';
import type { Source } from '../../../../contract/uploads.js';
import { assertNotAborted } from '../../../common/aborts.js';
import { sizeOf } from '../../../common/content/sources.js';
import type { DigestAlgorithm } from '../../content-digest.js';
import { ANY_REGION, type ManifestEntry } from '../../manifest/manifest.js';
import { digestManifest, sortedByPath } from '../../manifest/manifest-digest.js';
import { extraOf } from '../../manifest/manifest-writer.js';
import { checkInnerPath } from '../../names.js';
import { forEachOf } from '../concurrency.js';
import type { WritingContext } from '../context.js';
import { step } from '../failures.js';
import { copiedEntry } from '../files/copied-entry.js';
import { partBytesOf } from '../files/multipart-plan.js';
import { digestContent } from '../files/source-digests.js';

/** Content that the server may not have. */
export interface PlannedUpload {
  /** Its name in the draft. */
  readonly name: TreePath;
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
  context: WritingContext,
  files: readonly DraftFile[],
  algorithm: DigestAlgorithm,
  signal: AbortSignal | undefined,
): Promise<Plan> {
  const named = files.map((file) => ({ file, path: pathOf(file.name) }));
  assertDistinct(named);
  const entries: ManifestEntry[] = [];
  const uploads: PlannedUpload[] = [];
  const regions = new Set<string>();
  await forEachOf(named, context.store.client.config.concurrency, async ({ file, path }) => {
    assertNotAborted(signal);
    if (file.kind === 'copy') {
      const { entry, region } = await step(`Copying '${path}' failed`, () =>
        copiedEntry(context, file, signal),
      );
      entries.push({ ...entry, path });
      if (entry.ref === null) regions.add(region);
    } else if (file.kind === 'reference') {
      entries.push(reference(path, file.uri));
    } else {
      const upload = await step(`Reading '${path}' failed`, () =>
        planned(context, { name: file.name, path, source: file.source }, algorithm, signal),
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

function pathOf(name: TreePath): string {
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

async function planned(
  { store }: WritingContext,
  { name, path, source }: Pick<PlannedUpload, 'name' | 'path' | 'source'>,
  algorithm: DigestAlgorithm,
  signal: AbortSignal | undefined,
): Promise<PlannedUpload> {
  const size = sizeOf(source);
  const partBytes = partBytesOf(size, store.artifacts);
  const { digest, md5, parts } = await digestContent(source, { algorithm, partBytes, signal });
  return {
    name,
    path,
    source,
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
