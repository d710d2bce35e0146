import { type ErrnoCode, Failure } from '../../../contract/failure.js';
import type { WireFailure } from '../../../wire/wire-failure.js';

/** The failure of one step, told with what was being done; an abort stays what it is. */
export function failedAt(step: string, error: unknown): unknown {
  if (!(error instanceof Failure) || error.code === 'ECANCELED') return error;
  const { code, detail, cause } = error;
  return new Failure(code, `${step}: ${detail ?? cause ?? code}`, cause);
}

/** Runs a step of which a failure tells what was being done. */
export async function step<T>(name: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    throw failedAt(name, error);
  }
}

/** Runs a task of which ENOENT means something else to the user. */
export async function ifGone<T>(
  task: () => Promise<T>,
  meaning: readonly [code: ErrnoCode, detail: string],
): Promise<T> {
  try {
    return await task();
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'ENOENT') throw error;
    throw new Failure(...meaning, error.cause);
  }
}

/** What the storage doesn't find is an address of its own, not what the user named: that is no ENOENT. */
export function ofStorage(error: unknown): unknown {
  if (!(error instanceof Failure) || error.code !== 'ENOENT') return error;
  return new Failure('EIO', error.detail, error.cause);
}

export const contentChanged = (): Failure =>
  new Failure('EIO', 'The content was changed while the version was made; commit again.');

/** Does the storage turn down the request itself? Then a new address may help: time may be over for the old one. */
export const isRefusal = ({ fault, status }: WireFailure): boolean =>
  fault === 'status' && status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429;
