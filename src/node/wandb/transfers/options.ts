import { asBoolean, asFunction, asObject, asSignal } from '../../arguments/validate.js';

export interface TransferOptions {
  /** Called now and then with the bytes that are through, of `size` bytes, and at the end with all of them. */
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface GetOptions extends TransferOptions {
  /**
   * What was fetched of a large file (of 1 MiB and more) is kept where that ends before all of it is there, also by a kill:
   * as `.wandb-fs-….part` beside its place. Who gets the same content there again, with this set, goes on from that; other
   * content has no use for it. What comes of it is compared with W&B's digest as a whole.
   * @default false: nothing is left behind
   */
  readonly resume?: boolean | undefined;
}

export interface TransferProgress {
  readonly bytes: number;
  /** Bytes of the whole file. */
  readonly size: number;
}

/** What is copied at once. */
export const CHUNK_BYTES = 1024 * 1024;

export function asTransfer(options: unknown = {}) {
  const { onProgress = () => {}, resume = false, signal } = asObject(options, 'options');
  const tell = asFunction(onProgress, 'options.onProgress');
  return {
    onProgress: (progress: TransferProgress): void => void tell(progress),
    resume: asBoolean(resume, 'options.resume'),
    signal: asSignal(signal, 'options.signal'),
  };
}
