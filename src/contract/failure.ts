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
 * A failed operation, as the layers below the faces tell it: an errno and, where a user needs more than the errno's own
 * text, one sentence that names the fix. No stack, no path: the face that was called adds those (`node/arguments/errors.ts`), so
 * that an expected ENOENT costs nothing. Crosses the port between threads as plain data.
 */
export class Failure {
  constructor(
    readonly code: ErrnoCode,
    /** One sentence, shown behind the errno's text. Never holds the key or a signed URL's query. */
    readonly detail: string | null = null,
    /** What went wrong underneath, as text: `HTTP 503 ...`. */
    readonly cause: string | null = null,
  ) {}
}
