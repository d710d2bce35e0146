import { abortError } from '../../arguments/errors.js';
import type { UploadEvents } from '../uploads.js';
import type { End } from './end.js';
import type { Progress } from './progress.js';

/** What is copied into runs is through when W&B has it. */
export class Sending {
  /** Names by the paths that events tell. */
  private readonly names: ReadonlyMap<string, string>;
  private readonly failed = new Map<string, unknown>();

  constructor(
    private readonly to: End,
    names: readonly string[],
    private readonly progress: Progress,
  ) {
    this.names = new Map(names.map((name) => [to.pathOf(name), name]));
  }

  private readonly onProgress = ({ path, sent }: UploadEvents['progress'][0]): void => {
    const name = this.names.get(path);
    if (name !== undefined) this.progress.on(name, sent);
  };

  private readonly onUploaded = ({ path }: UploadEvents['uploaded'][0]): void => {
    const name = this.names.get(path);
    if (name === undefined) return;
    this.failed.delete(name);
    this.progress.end(name);
  };

  private readonly onFailed = ({ path, error }: UploadEvents['failed'][0]): void => {
    const name = this.names.get(path);
    if (name !== undefined) this.failed.set(name, error);
  };

  /** Hears of what is sent while the work goes on, and waits until all of it is; resolves to what failed. */
  async during(
    work: () => Promise<void>,
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<string, unknown>> {
    const uploads = this.to.tree?.wandb.uploads;
    uploads?.on('progress', this.onProgress).on('uploaded', this.onUploaded).on('failed', this.onFailed);
    try {
      await work();
      await flushed(this.to, signal);
      return new Map();
    } catch (error) {
      if (signal?.aborted || this.failed.size === 0) throw error;
      return this.failed;
    } finally {
      uploads?.off('progress', this.onProgress).off('uploaded', this.onUploaded).off('failed', this.onFailed);
    }
  }
}

/** Who gives up doesn't wait for what is on its way. */
export async function flushed({ tree }: End, signal: AbortSignal | undefined): Promise<void> {
  if (!tree) return;
  if (signal?.aborted) throw abortError(signal);
  const { promise: aborted, reject } = withReject();
  const onAbort = (): void => {
    if (signal) reject(abortError(signal));
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([tree.wandb.flush(), aborted]);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

function withReject(): { readonly promise: Promise<never>; readonly reject: (error: unknown) => void } {
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<never>((_, refuse) => {
    reject = refuse;
  });
  return { promise, reject };
}
