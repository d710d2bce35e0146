import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** The path under which the storage serves its objects. */
export const BUCKET = '/wandb-files/';

/** Why the storage refuses a request: the status and the code that stands in the XML. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

interface SignedRequest {
  readonly method: string;
  /** Percent-encoded, without the query. */
  readonly rawPath: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** One part of an object that is uploaded in several. */
export interface Part {
  readonly uploadId: string;
  readonly partNumber: number;
}

const escapeSegment = (segment: string): string =>
  encodeURIComponent(segment).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

export const encodePath = (path: string): string => path.split('/').map(escapeSegment).join('/');

/**
 * Signed URLs as object stores make them (Google's V4 and Amazon's Signature V4 share this form): the signature covers
 * the method, the path, the time and the named headers, and nothing else authorises a request.
 */
export class Signer {
  private readonly secret = randomBytes(32);
  private readonly prefix: 'X-Goog' | 'X-Amz';

  constructor(
    private readonly flavour: 'gcs' | 's3',
    private readonly ttlMs: number,
  ) {
    this.prefix = flavour === 'gcs' ? 'X-Goog' : 'X-Amz';
  }

  /** The query of a URL for `rawPath`, good for one method and the given headers (lower-case names), or for one part. */
  sign(
    method: string,
    rawPath: string,
    headers: Readonly<Record<string, string>> = {},
    part: Part | null = null,
  ): string {
    const { prefix } = this;
    const parameters = part === null ? {} : { uploadId: part.uploadId, partNumber: String(part.partNumber) };
    const resource = resourceOf(rawPath, new URLSearchParams(parameters));
    const names = ['host', ...Object.keys(headers)].sort().join(';');
    const date = String(Date.now());
    const expires = String(this.ttlMs);
    const query = new URLSearchParams({
      ...parameters,
      [`${prefix}-Algorithm`]: this.flavour === 'gcs' ? 'GOOG4-RSA-SHA256' : 'AWS4-HMAC-SHA256',
      [`${prefix}-Credential`]: 'local/auto/storage/request',
      [`${prefix}-Date`]: date,
      [`${prefix}-Expires`]: expires,
      [`${prefix}-SignedHeaders`]: names,
      [`${prefix}-Signature`]: this.signature([method, resource, date, expires, names], headers),
    });
    return query.toString();
  }

  /** Null when the request may pass. */
  refuse(request: SignedRequest): Refusal | null {
    const { prefix } = this;
    const { headers, query } = request;
    const parameter = (name: string): string => query.get(`${prefix}-${name}`) ?? '';
    if (headers.authorization !== undefined) {
      return denied(
        'InvalidArgument',
        'Only one authorisation mechanism is allowed: the signature of the URL.',
      );
    }
    if (parameter('Signature') === '') return denied('AccessDenied', 'Anonymous access is denied.');
    const names = parameter('SignedHeaders');
    const values: Record<string, string> = {};
    for (const name of names.split(';'))
      if (name !== 'host') values[name] = String(headers[name] ?? '').trim();
    const [date, expires] = [parameter('Date'), parameter('Expires')];
    const expected = Buffer.from(
      this.signature([request.method, resourceOf(request.rawPath, query), date, expires, names], values),
    );
    const given = Buffer.from(parameter('Signature'));
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      return denied('SignatureDoesNotMatch', 'The signature does not cover this method, path and headers.');
    }
    if (request.method === 'PUT') {
      for (const name of ['content-type', 'content-md5']) {
        if (headers[name] !== undefined && !(name in values)) {
          return denied('SignatureDoesNotMatch', `The URL was signed without ${name}.`);
        }
      }
    }
    if (Date.now() > Number(date) + Number(expires)) return this.expired();
    return null;
  }

  /** How this storage turns down a URL whose time is over. */
  expired(): Refusal {
    return this.flavour === 'gcs'
      ? refusal(400, 'ExpiredToken', 'The provided token has expired.')
      : denied('AccessDenied', 'Request has expired');
  }

  /** @param signed method, resource, date, expiry and the names of the headers, as the query has them */
  private signature(
    signed: readonly [method: string, resource: string, date: string, expires: string, names: string],
    values: Readonly<Record<string, string>>,
  ): string {
    const names = signed[4];
    const covered = names.split(';').map((name) => (name === 'host' ? '' : `${name}:${values[name] ?? ''}`));
    const text = [...signed, ...covered].join('\n');
    return createHmac('sha512', this.secret).update(text).digest('hex');
  }
}

/** The path and, of the query, what makes it another object. */
const resourceOf = (rawPath: string, query: URLSearchParams): string =>
  query.has('uploadId')
    ? `${rawPath}?uploadId=${query.get('uploadId')}&partNumber=${query.get('partNumber')}`
    : rawPath;

export const refusal = (status: number, code: string, message: string): Refusal => ({
  status,
  code,
  message,
});

const denied = (code: string, message: string): Refusal => refusal(403, code, message);
