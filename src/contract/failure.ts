/** The errno names that the layers below the faces fail with; every one is a member of `os.constants.errno`. */
export type ErrnoCode =
  | 'EACCES'
  | 'EAGAIN'
  | 'EBADF'
  | 'EBADMSG'
  | 'EBUSY'
  | 'ECANCELED'
  | 'ECONNREFUSED'
  | 'EEXIST'
  | 'EFBIG'
  | 'EILSEQ'
  | 'EINVAL'
  | 'EIO'
  | 'EISDIR'
  | 'ELOOP'
  | 'EMFILE'
  | 'ENAMETOOLONG'
  | 'ENOENT'
  | 'ENOSPC'
  | 'ENOSYS'
  | 'ENOTDIR'
  | 'ENOTEMPTY'
  | 'ENOTSUP'
  | 'EPERM'
  | 'EPROTO'
  | 'EROFS'
  | 'ESTALE'
  | 'ETIMEDOUT'
  | 'EXDEV';

/**
 * Failures are known by this, not by their class: a copy of this package may have loaded a part of it anew (a test runner's
 * `resetModules`), with a class of its own. The number is the shape's.
 */
export const FAILURE = Symbol.for('wandb-fs.failure.1');

/** Is it an object with the mark that a class gives all of its own? */
export const isMarked = (value: unknown, mark: symbol): boolean =>
  typeof value === 'object' && value !== null && mark in value;

/**
 * A failed operation, as the layers below the faces tell it: an errno and, where a user needs more than the errno's own
 * text, one sentence that names the fix. No stack, no path: the face that was called adds those (`node/arguments/errors.ts`), so
 * that an expected ENOENT costs nothing. Crosses the port between threads as plain data.
 */
export class Failure {
  static [Symbol.hasInstance](value: unknown): boolean {
    return isMarked(value, FAILURE);
  }

  constructor(
    readonly code: ErrnoCode,
    /** One sentence, shown behind the errno's text. Never holds the key or a signed URL's query. */
    readonly detail: string | null = null,
    /** What went wrong underneath, as text: `HTTP 503 ...`. */
    readonly cause: string | null = null,
  ) {}

  get [FAILURE](): true {
    return true;
  }
}
