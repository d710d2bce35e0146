import type { MessagePort } from 'node:worker_threads';

/** What a server's thread is to do: serve with these settings, and be called at this port. */
export interface ThreadTask {
  readonly settings: unknown;
  readonly port: MessagePort;
}

/** A call of a function that a server's thread has. */
export interface ThreadCall {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** The answer to a call; that of number 0, which nobody made, tells the addresses of the server, or why there are none. */
export type ThreadAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: SentError };

/** An error on its way between threads, where an Error would lose its code. */
interface SentError {
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
