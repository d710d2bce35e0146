import PQueue from 'p-queue';
import { CompleteMultipartUploadArtifactDocument } from '../../../wire/generated.js';
import { isWireFailure } from '../../../wire/wire-failure.js';
import { assertNotAborted } from '../../common/aborts.js';
import { Attempts } from '../../common/attempts.js';
import type { StoreContext } from '../../common/context.js';
import type { Source } from '../../contract.js';
import { Failure } from '../../failure.js';
import { abortable } from './concurrency.js';
import {
  type DeclaredFile,
  type DeclaredPart,
  declareFiles,
  type FileTarget,
  type Multipart,
} from './declared-files.js';
import { failedAt, ofStorage } from './failures.js';
import type { PlannedUpload } from './plan.js';
import { isDigestMismatch, isRefusal } from './refusals.js';
import { digestContent } from './source-digests.js';

/** How often the files that are left get new addresses without one of them going through. */
const MOST_FRUITLESS_ROUNDS = 3;
/** Addresses end by themselves, after an hour or so: no more are asked for at once than can be used by then. */
const MOST_BATCH_BYTES = 8 * 1024 ** 3;

/** One pass over files that still have to be uploaded. */
interface Round {
  readonly target: FileTarget;
  readonly controller: AbortController;
  /** The artifacts with which the bytes came, by path. */
  readonly births: Map<string, string>;
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
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<string, string>> {
    const births = new Map<string, string>();
    let missing = files;
    for (let fruitless = 0; missing.length > 0; ) {
      const refused = await this.round(target, missing, births, signal);
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
    signal: AbortSignal | undefined,
  ): Promise<Round['refused']> {
    return abortable(signal, async (controller) => {
      const round: Round = { target, controller, births, refused: [], failures: [] };
      const sending: Promise<void>[] = [];
      try {
        for (let at = 0; at < files.length && !controller.signal.aborted; ) {
          const batch = batchFrom(files, at, this.context.sizes.get('artifactFiles'));
          await this.queue.onSizeLessThan(Math.ceil(batch.length / 2));
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
    const { signal } = round.controller;
    try {
      if (declared.multipart !== null) {
        const unsettled = await this.sendParts(file, declared.birthArtifactId, declared.multipart, signal);
        if (unsettled) return void round.refused.push({ file, failure: unsettled });
      } else if (declared.url !== null) {
        await this.sendWhole(file, declared.url, declared.headers, signal);
      }
      round.births.set(file.path, declared.birthArtifactId);
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
    { source, onSent }: PlannedUpload,
    url: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<void> {
    await this.queue.add(async () => {
      assertNotAborted(signal);
      await this.context.transfers.upload(url, headers, source, { signal, onProgress: onSent });
    });
  }

  /** Resolves with a failure where nobody knows whether the file is there. */
  private async sendParts(
    { source, size, parts: planned, onSent }: PlannedUpload,
    birthArtifactId: string,
    { uploadId, storagePath, contentType, parts }: Multipart,
    outer: AbortSignal,
  ): Promise<Failure | null> {
    let sent = 0;
    const completedParts = await abortable(outer, (controller) =>
      allOrFirstFailure(
        parts.map((part) =>
          this.queue.add(async () => {
            const completed = await this.sendPart(source, part, contentType, controller.signal);
            sent += planned?.bytes ?? 0;
            onSent(Math.min(sent, size));
            return completed;
          }),
        ),
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
    signal: AbortSignal,
  ): Promise<{ readonly partNumber: number; readonly hexMD5: string }> {
    assertNotAborted(signal);
    const headers = { 'content-md5': md5, ...(contentType !== null && { 'content-type': contentType }) };
    const body =
      source.kind === 'bytes'
        ? { ...source, bytes: source.bytes.subarray(start, start + size) }
        : { ...source, start, size };
    const { etag } = await this.context.transfers.upload(url, headers, body, { signal });
    if (etag === null) throw new Failure('EPROTO', 'The storage gave no ETag for a part.');
    return { partNumber: number, hexMD5: etag };
  }
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

/** Waits for all to end; after a failure the others are told to. */
async function allOrFirstFailure<T>(pending: readonly Promise<T>[], stop: () => void): Promise<T[]> {
  const failures: unknown[] = [];
  const values = await Promise.all(
    pending.map(async (each) => {
      try {
        return [await each];
      } catch (error) {
        failures.push(error);
        stop();
        return [];
      }
    }),
  );
  if (failures.length > 0) throw failures[0];
  return values.flat();
}

/** Rejects with EIO if the content isn't any more what was announced. */
async function assertUnchanged(
  { source, digest, md5, parts }: PlannedUpload,
  { algorithm }: FileTarget,
  signal: AbortSignal,
): Promise<void> {
  const now = await digestContent(source, { algorithm, partBytes: parts?.bytes ?? null, signal });
  if (now.digest === digest && now.md5 === md5) return;
  throw new Failure('EIO', 'The content was changed while the version was made; commit again.');
}
