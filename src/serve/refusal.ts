/** A request that is answered by a status and a sentence, rather than by what it asked for. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    /** The precondition of WebDAV that doesn't hold (RFC 4918, 16): the client is told it in place of the sentence. */
    readonly condition: string | null = null,
  ) {
    super(message);
  }

  /** What the client is sent. */
  get content(): { readonly type: string; readonly text: string } {
    if (this.condition === null) return { type: 'text/plain; charset=utf-8', text: `${this.message}\n` };
    const text = `<?xml version="1.0" encoding="utf-8"?>\n<D:error xmlns:D="DAV:"><D:${this.condition}/></D:error>\n`;
    return { type: 'application/xml; charset=utf-8', text };
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
