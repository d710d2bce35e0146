import { Failure } from '../../../../contract/failure.js';
import {
  type ArtifactDigestAlgorithm,
  CreateArtifactFilesDocument,
  type CreateArtifactFilesMutation,
} from '../../../../wire/generated.js';
import { uploadHeaders } from '../../../../wire/transfer/upload.js';
import type { StoreContext } from '../../../common/context.js';
import type { DigestAlgorithm } from '../../content.js';
import type { PlannedUpload } from '../commit/plan.js';
import { type Part, partsOf } from './parts.js';

/** Where files belong. */
export interface FileTarget {
  readonly artifactId: string;
  readonly manifestId: string;
  readonly algorithm: DigestAlgorithm;
}

/** The server's answer to the announcement of one file. */
export interface DeclaredFile {
  readonly file: PlannedUpload;
  /** The artifact with which the bytes come, or came, to the storage. */
  readonly birthArtifactId: string;
  /** Null: the storage has these bytes already. */
  readonly url: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: the file goes there whole. */
  readonly multipart: Multipart | null;
}

/** Where the parts of a file go. */
export interface Multipart {
  readonly uploadId: string;
  /** What names the file when its parts are to be put together. */
  readonly storagePath: string;
  readonly contentType: string | null;
  readonly parts: readonly DeclaredPart[];
}

export interface DeclaredPart extends Part {
  /** Base64. */
  readonly md5: string;
  readonly url: string;
}

export const algorithmName = (algorithm: DigestAlgorithm): ArtifactDigestAlgorithm =>
  algorithm === 'xxh128' ? 'MANIFEST_XXH128' : 'MANIFEST_MD5';

/** What servers have that take digests of other kinds than MD5 (protocol section 7.2). */
export const DIGEST_FEATURE = 'ARTIFACT_DIGEST_ALGORITHM';

/** Announces one batch of files; resolves with an answer to each, in order. */
export async function declareFiles(
  context: StoreContext,
  { artifactId, manifestId, algorithm }: FileTarget,
  files: readonly PlannedUpload[],
  signal: AbortSignal | undefined,
): Promise<readonly DeclaredFile[]> {
  const hasDigests = await context.features.has(DIGEST_FEATURE);
  const input = {
    artifactFiles: files.map(({ path, md5, digest, parts }) => ({
      artifactID: artifactId,
      artifactManifestID: manifestId,
      name: path,
      md5,
      ...(hasDigests && { digest }),
      ...(parts && {
        uploadPartsInput: parts.md5s.map((hexMD5, index) => ({ partNumber: index + 1, hexMD5 })),
      }),
    })),
    storageLayout: 'V2' as const,
    ...(hasDigests && { digestAlgorithm: algorithmName(algorithm) }),
  };
  const options = context.sized(files.length, signal);
  const { createArtifactFiles } = await context.client.run(CreateArtifactFilesDocument, { input }, options);
  const edges = createArtifactFiles?.files.edges ?? [];
  if (edges.length !== files.length) {
    throw new Failure('EPROTO', `The server answered to ${edges.length} of ${files.length} files.`);
  }
  return files.map((file, index) => declaredOf(context, file, edges[index]?.node));
}

type FileNode = NonNullable<
  CreateArtifactFilesMutation['createArtifactFiles']
>['files']['edges'][number]['node'];

function declaredOf(context: StoreContext, file: PlannedUpload, node: FileNode | undefined): DeclaredFile {
  if (!node?.artifact) throw new Failure('EPROTO', `The server didn't answer to the file '${file.path}'.`);
  const { artifact, uploadUrl: url } = node;
  return {
    file,
    birthArtifactId: artifact.id,
    url: url === null ? null : context.absolute(url),
    headers: uploadHeaders(node.uploadHeaders),
    multipart: url === null ? null : multipartOf(context, file, node),
  };
}

/** A server whose storage takes no parts answers none to those that were announced. */
function multipartOf(
  context: StoreContext,
  { path, size, parts: planned }: PlannedUpload,
  { storagePath, uploadMultipartUrls: answer, uploadHeaders: lines }: NonNullable<FileNode>,
): Multipart | null {
  if (planned === null || answer === null) return null;
  if (storagePath === null) throw new Failure('EPROTO', `The server gave no storage path of '${path}'.`);
  const urls = new Map(answer.uploadUrlParts.map((part) => [Number(part.partNumber), part.uploadUrl]));
  const parts = partsOf(size, planned.bytes).map((part, index) => {
    const url = urls.get(part.number);
    const md5 = planned.md5s[index];
    if (!url || md5 === undefined)
      throw new Failure('EPROTO', `The server gave no address for part ${part.number} of '${path}'.`);
    return { ...part, md5: Buffer.from(md5, 'hex').toString('base64'), url: context.absolute(url) };
  });
  const contentType = uploadHeaders(lines)['content-type'] ?? null;
  return { uploadId: answer.uploadID, storagePath, contentType, parts };
}
