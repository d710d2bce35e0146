/** Has a thread that has no server start one. */
export interface ThreadStart {
  readonly settings: unknown;
}

/** A call of a function that a server's thread has. */
export interface ThreadCall {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** A start is answered by the addresses, or by why there are none; each call by its answer. */
export type ThreadMessage =
  | { readonly type: 'listening'; readonly url: string; readonly storageUrl: string }
  | { readonly type: 'failed'; readonly error: SentError }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: SentError };

/** An error on its way between threads, where an Error would lose its code. */
export interface SentError {
  readonly message: string;
  readonly code: string | null;
}

export function packError(error: unknown): SentError {
  if (!(error instanceof Error)) return { message: String(error), code: null };
  return {
    message: error.message,
    code: 'code' in error && typeof error.code === 'string' ? error.code : null,
  };
}

export const unpackError = ({ message, code }: SentError): Error =>
  Object.assign(new Error(message), code === null ? {} : { code });
