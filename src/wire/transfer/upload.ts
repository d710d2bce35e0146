import { createHash, type Hash } from 'node:crypto';
import type { Api } from '../api/api.js';
import type { Body, HttpResponse } from '../transport/transport.js';
import { broken, WireFailure } from '../wire-failure.js';

/** What was sent. */
export interface Upload {
  /** The storage's tag of it. */
  readonly etag: string | null;
  /** Base64. */
  readonly md5: string;
}

/** Headers of an upload, 'Key: value' or 'Key:value' as the server sends them; by lower-case names. */
export function uploadHeaders(lines: readonly string[]): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return headers;
}

/** What the server gave along was for the host that it named. */
export const withoutCredentials = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(proxy-)?authorization$|^cookie$/i.test(name)),
  );

/**
 * The MD5, in base64, that a storage tells of what it took; null: it tells none. The tag of an object that came whole is
 * its MD5 at GCS and S3, but not where a key of the user's encrypts it, nor of one that came in parts ('…-2'), nor at
 * Azure.
 */
export function storedMd5({ headers }: Pick<HttpResponse, 'headers'>): string | null {
  const hash = /(?:^|,)\s*md5=([A-Za-z0-9+/]{22}==)/.exec(headers['x-goog-hash'] ?? '')?.[1];
  if (hash !== undefined) return hash;
  const encryption = headers['x-amz-server-side-encryption'];
  if (encryption !== undefined && encryption !== 'AES256') return null;
  if (headers['x-amz-server-side-encryption-customer-algorithm'] !== undefined) return null;
  const tag = /^"?([\da-f]{32})"?$/i.exec(headers.etag?.trim() ?? '')?.[1];
  return tag === undefined ? null : Buffer.from(tag, 'hex').toString('base64');
}

/** Throws if it wasn't the storage that answered, or if it tells of other bytes than were sent. */
export function assertStored(response: Pick<HttpResponse, 'headers'>, md5: string): void {
  // Portals and proxies answer anything with a page of theirs, and with 200. A storage gives what it took a tag.
  const { etag, 'content-type': type } = response.headers;
  if (etag === undefined && /^text\/html\b/i.test(type ?? ''))
    throw broken('A web page answered in place of the storage.', 'HTTP 2xx text/html');
  const stored = storedMd5(response);
  if (stored === null || stored === md5) return;
  const detail = 'The content was changed on its way: the storage took other bytes than were sent.';
  throw new WireFailure('EIO', detail, `MD5 mismatch: sent ${md5}, stored ${stored}`, 'corrupt');
}

/** A body that is hashed: bytes once, a file anew along each sending. */
export function hashed(body: Body): { readonly body: Body; begin(): void; md5(): string } {
  if (body.kind === 'bytes') {
    const md5 = createHash('md5').update(body.bytes).digest('base64');
    return { body, begin: () => {}, md5: () => md5 };
  }
  let hash: Hash = createHash('md5');
  return {
    body: { ...body, onPart: (part) => void hash.update(part) },
    begin: () => {
      hash = createHash('md5');
    },
    md5: () => hash.digest('base64'),
  };
}

/** Where nobody tells how much of a body was sent, it is taken to move with this speed: 64 KiB a second. */
const LEAST_BYTES_PER_MS = 65.536;

/** How long nothing may be heard of an upload, in milliseconds. */
export function quietMsOf({ config, transport }: Api, source: Body): number {
  const { call } = config.timeouts;
  if (transport.tellsProgress) return call;
  const size = source.kind === 'bytes' ? source.bytes.byteLength : source.size;
  return call + Math.ceil(size / LEAST_BYTES_PER_MS);
}
