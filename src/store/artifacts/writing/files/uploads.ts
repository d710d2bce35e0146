import PQueue from 'p-queue';
import { Failure } from '../../../../contract/failure.js';
import type { Store } from '../../../../contract/store.js';
import type { Source } from '../../../../contract/uploads.js';
import { unlessAborted } from '../../../../wire/aborts.js';
import { CompleteMultipartUploadArtifactDocument } from '../../../../wire/generated.js';
import type { Transfers } from '../../../../wire/transfer/transfer.js';
import { isWireFailure } from '../../../../wire/wire-failure.js';
import { Attempts } from '../../../common/changes.js';
import type { StoreContext } from '../../../common/context.js';
import { reading } from '../../../common/sources.js';
import { assertNotAborted } from '../../writing/concurrency.js';
import type { PlannedUpload } from '../commit/plan.js';
import { abortable, allOrFirstFailure, inSlot } from '../concurrency.js';
import { failedAt, isDigestMismatch, isRefusal, ofStorage } from '../failures.js';
import {
  type DeclaredFile,
  type DeclaredPart,
  declareFiles,
  type FileTarget,
  type Multipart,
} from './declaration.js';
import { digestContent } from './digests.js';

/** How often the files that are left get new addresses without one of them going through. */
const MOST_FRUITLESS_ROUNDS = 3;
/** Addresses end by themselves, after an hour or so: no more are asked for at once than can be used by then. */
const MOST_BATCH_BYTES = 8 * 1024 ** 3;

/** Who waits for uploads, and hears of the bytes of each file that were sent so far. */
export type Sending = Pick<
  Parameters<NonNullable<Store['commit']>>[1],
  'signal' | 'onProgress' | 'onUploaded'
>;

/** One pass over files that still have to be uploaded. */
interface Round {
  readonly target: FileTarget;
  readonly controller: AbortController;
  /** The artifacts with which the bytes came, by path. */
  readonly births: Map<string, string>;
  readonly onProgress: Sending['onProgress'];
  readonly onUploaded: Sending['onUploaded'];
  readonly refused: { readonly file: PlannedUpload; readonly failure: Failure }[];
  readonly failures: unknown[];
}

/** Brings the content of versions to the storage: announced in batches, sent in parallel while the next are announced. */
export class FileUploads {
  private readonly queue: PQueue;

  constructor(private readonly context: StoreContext) {
    this.queue = new PQueue({ concurrency: context.client.config.concurrency });
  }

  /**
   * Resolves, when all content is at the storage, with the artifact that each file's bytes came with, by path. Rejects
   * with the first failure, naming the file; nothing is sent any more then.
   */
  async upload(
    target: FileTarget,
    files: readonly PlannedUpload[],
    sending: Sending,
  ): Promise<ReadonlyMap<string, string>> {
    const births = new Map<string, string>();
    let missing = files;
    for (let fruitless = 0; missing.length > 0; ) {
      const refused = await this.round(target, missing, births, sending);
      fruitless = refused.length < missing.length ? 0 : fruitless + 1;
      const [first] = refused;
      if (first && fruitless === MOST_FRUITLESS_ROUNDS)
        throw failedAt(`Uploading '${first.file.path}' failed`, ofStorage(first.failure));
      missing = refused.map(({ file }) => file);
    }
    return births;
  }

  private round(
    target: FileTarget,
    files: readonly PlannedUpload[],
    births: Map<string, string>,
    { signal, onProgress, onUploaded }: Sending,
  ): Promise<Round['refused']> {
    return abortable(signal, async (controller) => {
      const round: Round = {
        ...{ target, controller, births, onProgress, onUploaded },
        ...{ refused: [], failures: [] },
      };
      const sending: Promise<void>[] = [];
      try {
        for (let at = 0; at < files.length && !controller.signal.aborted; ) {
          const batch = batchFrom(files, at, this.context.sizes.get('artifactFiles'));
          await unlessAborted(this.queue.onSizeLessThan(Math.ceil(batch.length / 2)), controller.signal);
          await this.declare(round, batch, sending);
          at += batch.length;
        }
      } catch (error) {
        fail(round, failedAt('Announcing files to the server failed', error));
      }
      await Promise.all(sending);
      assertNotAborted(signal);
      if (round.failures.length > 0) throw round.failures[0];
      return round.refused;
    });
  }

  private async declare(
    round: Round,
    files: readonly PlannedUpload[],
    sending: Promise<void>[],
  ): Promise<void> {
    const { target, controller } = round;
    await this.context.sizes.all('artifactFiles', files, async (batch) => {
      const declared = await declareFiles(this.context, target, batch, controller.signal);
      sending.push(...declared.map((each) => this.send(round, each)));
    });
  }

  /** Never rejects: what happened stands in the round. */
  private async send(round: Round, { file, ...declared }: DeclaredFile): Promise<void> {
    try {
      if (declared.multipart !== null) {
        const unsettled = await this.sendParts(round, file, declared.birthArtifactId, declared.multipart);
        if (unsettled) return void round.refused.push({ file, failure: unsettled });
      } else if (declared.url !== null) {
        await this.sendWhole(round, file, declared.url, declared.headers);
      }
      round.births.set(file.path, declared.birthArtifactId);
      if (declared.multipart !== null || declared.url !== null) round.onUploaded?.(file.name, file.size);
    } catch (error) {
      const failure = await this.judge(round, file, error);
      if (failure !== null) fail(round, failedAt(`Uploading '${file.path}' failed`, ofStorage(failure)));
    }
  }

  /** What fails the version; null: the file is to have another address. */
  private async judge(round: Round, file: PlannedUpload, error: unknown): Promise<unknown> {
    if (!isWireFailure(error) || !isRefusal(error)) return error;
    try {
      if (isDigestMismatch(error)) await assertUnchanged(file, round.target, round.controller.signal);
    } catch (changed) {
      return changed;
    }
    round.refused.push({ file, failure: error });
    return null;
  }

  private async sendWhole(
    { controller: { signal }, onProgress }: Round,
    { name, source, size, md5 }: PlannedUpload,
    url: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<void> {
    const options = { signal, onProgress: onProgress && ((sent: number) => onProgress(name, sent, size)) };
    const sent = await inSlot(this.queue, signal, () =>
      reading(source, (content) => this.context.transfers.upload(url, headers, content, options)),
    );
    // Not every storage compares what comes with what was announced.
    if (sent.md5 !== md5) throw changed();
  }

  /** Resolves with a failure where nobody knows whether the file is there. */
  private async sendParts(
    { controller: { signal: outer }, onProgress }: Round,
    { name, source, size }: PlannedUpload,
    birthArtifactId: string,
    { uploadId, storagePath, contentType, parts }: Multipart,
  ): Promise<Failure | null> {
    const progress = onProgress && sumOfParts((sent) => onProgress(name, sent, size));
    const completedParts = await abortable(outer, (controller) =>
      allOrFirstFailure(
        parts.map((part) => {
          const options = { signal: controller.signal, onProgress: progress?.(part.number) };
          return inSlot(this.queue, controller.signal, () =>
            this.sendPart(source, part, contentType, options),
          );
        }),
        () => controller.abort(),
      ),
    );
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
      await this.context.client.run(CompleteMultipartUploadArtifactDocument, { input }, options);
      return null;
    } catch (error) {
      // A first attempt may have done it: then the server has the file, and says so when it is announced again.
      if (attempts.isAgain && isWireFailure(error) && !outer.aborted) return error;
      throw error;
    }
  }

  /** Resolves with what completes the upload: the storage's tag goes where the MD5 was announced. */
  private async sendPart(
    source: Source,
    { number, start, size, md5, url }: DeclaredPart,
    contentType: string | null,
    options: Parameters<Transfers['upload']>[3],
  ): Promise<{ readonly partNumber: number; readonly hexMD5: string }> {
    const headers = { 'content-md5': md5, ...(contentType !== null && { 'content-type': contentType }) };
    const { etag, md5: sent } = await reading(source, (content) => {
      const part =
        content.kind === 'bytes'
          ? { ...content, bytes: content.bytes.subarray(start, start + size) }
          : { ...content, start, size };
      return this.context.transfers.upload(url, headers, part, options);
    });
    if (sent !== md5) throw changed();
    if (etag === null) throw new Failure('EPROTO', 'The storage gave no ETag for a part.');
    return { partNumber: number, hexMD5: etag };
  }
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

function batchFrom(files: readonly PlannedUpload[], start: number, most: number): readonly PlannedUpload[] {
  let end = start;
  for (let bytes = 0; end < files.length && end - start < most; end++) {
    bytes += files[end]?.size ?? 0;
    if (bytes > MOST_BATCH_BYTES && end > start) break;
  }
  return files.slice(start, end);
}

function fail(round: Round, failure: unknown): void {
  round.failures.push(failure);
  round.controller.abort();
}

/** Rejects with EIO if the content isn't any more what was announced. */
async function assertUnchanged(
  { source, digest, md5, parts }: PlannedUpload,
  { algorithm }: FileTarget,
  signal: AbortSignal,
): Promise<void> {
  const now = await digestContent(source, { algorithm, partBytes: parts?.bytes ?? null, signal });
  if (now.digest === digest && now.md5 === md5) return;
  throw changed();
}

const changed = (): Failure =>
  new Failure('EIO', 'The content was changed while the version was made; commit again.');
