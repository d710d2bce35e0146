import type { ArtifactsConfig } from '../../../../config/artifacts.js';
import { Failure } from '../../../../contract/failure.js';
import type { Source } from '../../../../contract/uploads.js';
import { CompleteMultipartUploadArtifactDocument } from '../../../../wire/generated.js';
import type { Transfers } from '../../../../wire/transfer/transfer.js';
import type { UploadTurns } from '../../../../wire/transfer/upload-turns.js';
import { isWireFailure } from '../../../../wire/wire-failure.js';
import { Attempts } from '../../../common/changes.js';
import type { StoreContext } from '../../../common/context.js';
import { reading } from '../../../common/sources.js';
import { abortable, allOrFirstFailure, inTurn, Waiting } from '../concurrency.js';
import { contentChanged } from '../failures.js';
import type { DeclaredFile, DeclaredPart, Multipart } from './declaration.js';

type Sending = Parameters<Transfers['upload']>[3];

const MOST_PARTS = 10_000;
/** What the storage's own blocks are multiples of; the SDK rounds up to it. */
const BLOCK_BYTES = 4096;
const TIB = 1024 ** 4;
/** No storage takes larger objects (protocol section 7.3). */
const MOST_BYTES = 5 * TIB;

/**
 * The size of the parts that a file is sent in, in bytes; null: it is sent whole. Throws EFBIG above what storages take.
 */
export function partBytesOf(
  size: number,
  { multipartBytes, partBytes }: Pick<ArtifactsConfig, 'multipartBytes' | 'partBytes'>,
): number | null {
  if (size > MOST_BYTES) throw new Failure('EFBIG', 'The storage takes files of at most 5 TiB.');
  if (size < multipartBytes || size === 0) return null;
  if (Math.ceil(size / partBytes) <= MOST_PARTS) return partBytes;
  return Math.ceil(Math.ceil(size / MOST_PARTS) / BLOCK_BYTES) * BLOCK_BYTES;
}

export interface Part {
  /** From 1 up. */
  readonly number: number;
  /** Bytes before it. */
  readonly start: number;
  /** Bytes. */
  readonly size: number;
}

/** The parts of a file, in order. */
export function partsOf(size: number, partBytes: number): readonly Part[] {
  return Array.from({ length: Math.ceil(size / partBytes) }, (_, index) => {
    const start = index * partBytes;
    return { number: index + 1, start, size: Math.min(partBytes, size - start) };
  });
}

/** Sends all parts side by side, and puts them together. Resolves with a failure where nobody knows whether the file is there. */
export async function sendParts(
  context: StoreContext,
  turns: UploadTurns,
  { file, birthArtifactId, multipart }: DeclaredFile & { readonly multipart: Multipart },
  { signal: outer, onProgress }: Sending & { readonly signal: AbortSignal },
): Promise<Failure | null> {
  const { uploadId, storagePath, contentType, parts } = multipart;
  const progress = onProgress && sumOfParts(onProgress);
  const completedParts = await abortable(outer, (controller) => {
    const waiting = new Waiting(controller.signal);
    return allOrFirstFailure(
      parts.map((part) => {
        const options = { signal: controller.signal, onProgress: progress?.(part.number) };
        return inTurn(turns, part.size, waiting, (onPushback) =>
          sendPart(context.transfers, file.source, { ...part, contentType }, { ...options, onPushback }),
        );
      }),
      () => controller.abort(),
    );
  });
  const input = {
    completeMultipartAction: 'Complete' as const,
    completedParts,
    artifactID: birthArtifactId,
    storagePath,
    uploadID: uploadId,
  };
  const attempts = new Attempts();
  const options = { signal: outer, onRetry: attempts.onRetry };
  try {
    await context.client.run(CompleteMultipartUploadArtifactDocument, { input }, options);
    return null;
  } catch (error) {
    // A first attempt may have done it: then the server has the file, and says so when it is announced again.
    if (attempts.isAgain && isWireFailure(error) && !outer.aborted) return error;
    throw error;
  }
}

/** Resolves with what completes the upload: the storage's tag goes where the MD5 was announced. */
async function sendPart(
  transfers: Transfers,
  source: Source,
  { number, start, size, md5, url, contentType }: DeclaredPart & Pick<Multipart, 'contentType'>,
  options: Sending,
): Promise<{ readonly partNumber: number; readonly hexMD5: string }> {
  const headers = { 'content-md5': md5, ...(contentType !== null && { 'content-type': contentType }) };
  const { etag, md5: sent } = await reading(source, (content) => {
    const part =
      content.kind === 'bytes'
        ? { ...content, bytes: content.bytes.subarray(start, start + size) }
        : { ...content, start, size };
    return transfers.upload(url, headers, part, options);
  });
  if (sent !== md5) throw contentChanged();
  if (etag === null) throw new Failure('EPROTO', 'The storage gave no ETag for a part.');
  return { partNumber: number, hexMD5: etag };
}

/** Tells of parts that are sent side by side what they come to together. */
function sumOfParts(tell: (sent: number) => void): (part: number) => (sent: number) => void {
  const parts = new Map<number, number>();
  let total = 0;
  return (part) => (sent) => {
    total += sent - (parts.get(part) ?? 0);
    parts.set(part, sent);
    tell(total);
  };
}
