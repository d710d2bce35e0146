import type { Failure } from '../../../../contract/failure.js';
import type { Store } from '../../../../contract/store.js';
import { unlessAborted } from '../../../../wire/retry.js';
import { UploadTurns } from '../../../../wire/transfer/upload-turns.js';
import { isWireFailure } from '../../../../wire/wire-failure.js';
import type { StoreContext } from '../../../common/context.js';
import { reading } from '../../../common/sources.js';
import type { PlannedUpload } from '../commit/plan.js';
import { abortable, assertNotAborted, inTurn, Waiting } from '../concurrency.js';
import { contentChanged, failedAt, isRefusal, ofStorage } from '../failures.js';
import { type DeclaredFile, declareFiles, type FileTarget } from './declaration.js';
import { digestContent } from './digests.js';
import { sendParts } from './parts.js';

/** How often the files that are left get new addresses without one of them going through. */
const MOST_FRUITLESS_ROUNDS = 3;
/** Addresses end by themselves, after an hour or so: no more are asked for at once than can be used by then. */
const MOST_BATCH_BYTES = 8 * 1024 ** 3;
/** The server signs an address for each file: what is sent first is announced first, and the others while it is on its way. */
const FIRST_BATCH = 128;

/** Who waits for uploads, and hears of the bytes of each file that were sent so far. */
export type Sending = Pick<
  Parameters<NonNullable<Store['commit']>>[1],
  'signal' | 'onProgress' | 'onUploaded'
>;

/** One pass over files that still have to be uploaded. */
interface Round {
  readonly target: FileTarget;
  readonly controller: AbortController;
  /** Those whose turn has not come. */
  readonly queued: Waiting;
  /** The artifacts with which the bytes came, by path. */
  readonly births: Map<string, string>;
  readonly waiting: Sending;
  readonly refused: { readonly file: PlannedUpload; readonly failure: Failure }[];
  readonly failures: unknown[];
}

/** Brings the content of versions to the storage: announced in batches, sent in parallel while the next are announced. */
export class FileUploads {
  private readonly turns: UploadTurns;

  constructor(private readonly context: StoreContext) {
    const { client } = context;
    this.turns = new UploadTurns(client.config.concurrency, client.api.clock);
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
    waiting: Sending,
  ): Promise<Round['refused']> {
    return abortable(waiting.signal, async (controller) => {
      const queued = new Waiting(controller.signal);
      const round: Round = { target, controller, queued, births, waiting, refused: [], failures: [] };
      const sending: Promise<void>[] = [];
      try {
        for (let at = 0; at < files.length && !controller.signal.aborted; ) {
          const most = this.context.sizes.get('artifactFiles');
          const batch = batchFrom(files, at, at === 0 ? Math.min(FIRST_BATCH, most) : most);
          await unlessAborted(this.turns.onFewWaiting(Math.ceil(batch.length / 2)), controller.signal);
          await this.context.sizes.all('artifactFiles', batch, async (some) => {
            const declared = await declareFiles(this.context, target, some, controller.signal);
            sending.push(...declared.map((each) => this.send(round, each)));
          });
          at += batch.length;
        }
      } catch (error) {
        fail(round, failedAt('Announcing files to the server failed', error));
      }
      await Promise.all(sending);
      assertNotAborted(waiting.signal);
      if (round.failures.length > 0) throw round.failures[0];
      return round.refused;
    });
  }

  /** Never rejects: what happened stands in the round. */
  private async send(round: Round, declared: DeclaredFile): Promise<void> {
    const { file, birthArtifactId, url, headers, multipart } = declared;
    const { onProgress, onUploaded } = round.waiting;
    const options = {
      signal: round.controller.signal,
      onProgress: onProgress && ((sent: number) => onProgress(file.name, sent, file.size)),
    };
    try {
      if (multipart !== null) {
        const unsettled = await sendParts(this.context, this.turns, { ...declared, multipart }, options);
        if (unsettled) return void round.refused.push({ file, failure: unsettled });
      } else if (url !== null) {
        const { md5 } = await inTurn(this.turns, file.size, round.queued, (onPushback) =>
          reading(file.source, (content) =>
            this.context.transfers.upload(url, headers, content, { ...options, onPushback }),
          ),
        );
        // Not every storage compares what comes with what was announced.
        if (md5 !== file.md5) throw contentChanged();
      }
      round.births.set(file.path, birthArtifactId);
      if (url !== null) onUploaded?.(file.name, file.size);
    } catch (error) {
      const failure = await this.judge(round, file, error);
      if (failure !== null) fail(round, failedAt(`Uploading '${file.path}' failed`, ofStorage(failure)));
    }
  }

  /** What fails the version; null: the file is to have another address. */
  private async judge(round: Round, file: PlannedUpload, error: unknown): Promise<unknown> {
    if (!isWireFailure(error) || !isRefusal(error)) return error;
    try {
      if (error.reason === 'digest') await assertUnchanged(file, round.target, round.controller.signal);
    } catch (changed) {
      return changed;
    }
    round.refused.push({ file, failure: error });
    return null;
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

/** Rejects with EIO if the content isn't any more what was announced. */
async function assertUnchanged(
  { source, digest, md5, parts }: PlannedUpload,
  { algorithm }: FileTarget,
  signal: AbortSignal,
): Promise<void> {
  const now = await digestContent(source, { algorithm, partBytes: parts?.bytes ?? null, signal });
  if (now.digest === digest && now.md5 === md5) return;
  throw contentChanged();
}
