/** A request that is answered by a status and a sentence, rather than by what it asked for. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

const STATUSES: Readonly<Record<string, number>> = {
  ENOENT: 404,
  ENOTDIR: 404,
  ENAMETOOLONG: 404,
  EACCES: 403,
  EPERM: 403,
  ELOOP: 403,
  EINVAL: 400,
  ERR_INVALID_ARG_VALUE: 400,
  EBUSY: 503,
  EAGAIN: 503,
  ESTALE: 503,
  EIO: 502,
  ETIMEDOUT: 504,
};

/** What a client is told of a failure of the filesystem, whose message names path and cure. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const { code = '', message = String(error) } = Object(error) as NodeJS.ErrnoException;
  return new Refusal(STATUSES[code] ?? 500, message);
}
