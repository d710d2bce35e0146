import PQueue from 'p-queue';
import { CompleteMultipartUploadArtifactDocument } from '../../../wire/generated.js';
import { isWireFailure } from '../../../wire/wire-failure.js';
import type { StoreContext } from '../../common/context.js';
import { Failure } from '../../failure.js';
import { digestContent } from '../digests.js';
import { type DeclaredFile, declareFiles, type FileTarget } from './declared-files.js';
import { assertNotAborted, failedAt } from './failures.js';
import { partsOf } from './multipart-plan.js';
import type { PlannedUpload } from './plan.js';
import { isDigestMismatch, isRefusal } from './refusals.js';
import { abortable } from './together.js';

/** How often a file gets a new address before it counts as refused. */
const MOST_ROUNDS = 3;

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
    for (let round = 1; missing.length > 0; round++) {
      const refused = await this.round(target, missing, births, signal);
      const [first] = refused;
      if (first && round === MOST_ROUNDS)
        throw failedAt(`Uploading '${first.file.path}' failed`, first.failure);
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
          const batch = files.slice(at, at + this.context.sizes.get('artifactFiles'));
          // Addresses end by themselves: no more are asked for than can soon be used.
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
      batch.forEach((file, index) => {
        const answer = declared[index];
        if (answer) sending.push(this.send(round, file, answer));
      });
    });
  }

  /** Never rejects: what happened stands in the round. */
  private async send(round: Round, file: PlannedUpload, declared: DeclaredFile): Promise<void> {
    const { signal } = round.controller;
    try {
      if (declared.multipart !== null) await this.sendParts(file, declared, signal);
      else if (declared.url !== null) await this.sendWhole(file, declared.url, declared.headers, signal);
      round.births.set(file.path, declared.birthArtifactId);
    } catch (error) {
      const failure = await this.judge(round, file, error);
      if (failure !== null) fail(round, failedAt(`Uploading '${file.path}' failed`, failure));
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
    { source }: PlannedUpload,
    url: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<void> {
    await this.queue.add(async () => {
      assertNotAborted(signal);
      await this.context.transfers.upload(url, headers, source, { signal });
    });
  }

  private async sendParts(file: PlannedUpload, declared: DeclaredFile, outer: AbortSignal): Promise<void> {
    const { source, size, parts } = file;
    const { multipart, storagePath, birthArtifactId } = declared;
    if (!parts || !multipart) return;
    const type = declared.headers['content-type'];
    const tags = await abortable(outer, async (controller) => {
      const { signal } = controller;
      const sent = partsOf(size, parts.bytes).map((part) =>
        this.queue.add(async () => {
          assertNotAborted(signal);
          const md5 = Buffer.from(parts.md5s[part.number - 1] ?? '', 'hex').toString('base64');
          const headers = { 'content-md5': md5, ...(type !== undefined && { 'content-type': type }) };
          const body =
            source.kind === 'bytes'
              ? { ...source, bytes: source.bytes.subarray(part.start, part.start + part.size) }
              : { ...source, start: part.start, size: part.size };
          const url = multipart.urls[part.number - 1] ?? '';
          const { etag } = await this.context.transfers.upload(url, headers, body, { signal });
          if (etag === null) throw new Failure('EPROTO', 'The storage gave no ETag for a part.');
          return { partNumber: part.number, hexMD5: etag };
        }),
      );
      return allOrFirstFailure(sent, () => controller.abort());
    });
    await this.context.client.run(
      CompleteMultipartUploadArtifactDocument,
      {
        input: {
          completeMultipartAction: 'Complete',
          completedParts: tags,
          artifactID: birthArtifactId,
          storagePath: storagePath ?? '',
          uploadID: multipart.uploadId,
        },
      },
      { signal: outer },
    );
  }
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
