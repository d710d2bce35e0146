import { type ErrnoCode, Failure } from '../../contract/failure.js';
import { hasCode, type SystemCall, systemError } from '../arguments/errors.js';

export const failure = (code: ErrnoCode, call: SystemCall, detail: string | null = null): Error =>
  systemError(new Failure(code, detail), call, failure);

/** The failure of a part, told as that of the call that the caller made. */
export function retold(error: unknown, call: SystemCall): unknown {
  // Told by shape: an error of another realm is no instance of this one's Error.
  if (!hasCode(error) || !('message' in error) || !/^E(?!RR_)/.test(error.code)) return error;
  // A base may fail with any errno; those that our own layers never use have their texts all the same.
  return systemError(new Failure(error.code as ErrnoCode, null, String(error.message)), call, retold);
}

export const isMissing = (error: unknown): boolean => hasCode(error, 'ENOENT', 'ENOTDIR');
