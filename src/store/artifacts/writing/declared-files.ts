import {
  type ArtifactDigestAlgorithm,
  CreateArtifactFilesDocument,
  type CreateArtifactFilesMutation,
} from '../../../wire/generated.js';
import { uploadHeaders } from '../../../wire/upload-headers.js';
import type { StoreContext } from '../../common/context.js';
import { Failure } from '../../failure.js';
import type { DigestAlgorithm } from '../digests.js';
import type { PlannedUpload } from './plan.js';

/** Where files belong. */
export interface FileTarget {
  readonly artifactId: string;
  readonly manifestId: string;
  readonly algorithm: DigestAlgorithm;
}

/** The server's answer to the announcement of one file. */
export interface DeclaredFile {
  /** The artifact with which the bytes come, or came, to the storage. */
  readonly birthArtifactId: string;
  /** Null: the storage has these bytes already. */
  readonly url: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly storagePath: string | null;
  /** Where the file's parts go, in order; null: it goes there whole. */
  readonly multipart: { readonly uploadId: string; readonly urls: readonly string[] } | null;
}

export const algorithmName = (algorithm: DigestAlgorithm): ArtifactDigestAlgorithm =>
  algorithm === 'XXH128' ? 'MANIFEST_XXH128' : 'MANIFEST_MD5';

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

function declaredOf(
  { client }: StoreContext,
  { path, parts }: PlannedUpload,
  node: FileNode | undefined,
): DeclaredFile {
  if (!node?.artifact) throw new Failure('EPROTO', `The server didn't answer to the file '${path}'.`);
  const { artifact, storagePath, uploadUrl, uploadMultipartUrls } = node;
  const address = (url: string): string => (url.startsWith('/') ? client.address(url) : url);
  const isMultipart = parts !== null && uploadUrl !== null && uploadMultipartUrls !== null;
  return {
    birthArtifactId: artifact.id,
    url: uploadUrl === null ? null : address(uploadUrl),
    headers: uploadHeaders(node.uploadHeaders),
    storagePath,
    multipart: isMultipart
      ? {
          uploadId: uploadMultipartUrls.uploadID,
          urls: partUrls(path, parts.md5s.length, uploadMultipartUrls.uploadUrlParts).map(address),
        }
      : null,
  };
}

function partUrls(
  path: string,
  count: number,
  parts: readonly { readonly partNumber: number | string; readonly uploadUrl: string }[],
): readonly string[] {
  const urls = new Map(parts.map(({ partNumber, uploadUrl }) => [Number(partNumber), uploadUrl]));
  return Array.from({ length: count }, (_, index) => {
    const url = urls.get(index + 1);
    if (!url) throw new Failure('EPROTO', `The server gave no address for part ${index + 1} of '${path}'.`);
    return url;
  });
}
