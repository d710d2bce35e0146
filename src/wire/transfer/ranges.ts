import { bytesOf, codingsOf, type HttpResponse, inPlain } from '../transport/transport.js';
import { broken, notAgreed, type WireFailure } from '../wire-failure.js';

export interface Wanted {
  /** The first byte wanted. */
  readonly start: number;
  /** The byte behind the last one wanted; null: all there is, but no more than `limit`. */
  readonly end: number | null;
  /** Most bytes that are taken; more are `isOverlong`. */
  readonly limit: number;
  /** Bytes of the whole content, where they are listed. @default null, nobody knows */
  readonly size?: number | null | undefined;
  /** That may be the length of what was sent coded, so it doesn't tell what is stored. @default false */
  readonly isSizeAsSent?: boolean | undefined;
}

/** What an answer brought of it: from `start` on, maybe less than was asked for. */
export interface Piece {
  readonly bytes: Uint8Array;
  /** Bytes of the whole content. */
  readonly size: number;
  /** There is more than was to be taken; `bytes` is empty. */
  readonly isOverlong: boolean;
}

export interface DownloadOptions extends Wanted {
  /** Only this version of the content will do: an ETag, or the `tag` of an earlier download. */
  readonly etag: string | null;
  readonly signal: AbortSignal | undefined;
  /** The address is the API's own: credentials go with it, as long as it is. A signed one gets none. */
  readonly isApiAddress: boolean;
  /** Nobody waits for it: all others go first, and it is tried once. @default false */
  readonly isAhead?: boolean | undefined;
  /**
   * The address is anybody's, and so are those that it redirects to: is each for the 'public' only, or 'anywhere'? Throws
   * where it must not lead.
   */
  readonly reach?: ((address: string) => 'public' | 'anywhere') | undefined;
  /** Codings that the content may come in, as in Accept-Encoding. @default 'identity', none */
  readonly codings?: string | undefined;
}

export interface Download extends Piece {
  /** As the storage gave it. */
  readonly etag: string | null;
  /** Names this version of the content (`versionTagOf`). */
  readonly tag: string | null;
  /** Bytes of the content as it was sent, announced or else those that came; null: it wasn't coded. */
  readonly codedSize: number | null;
}

const overlong = (size: number): Piece => ({ bytes: new Uint8Array(0), size, isOverlong: true });

/** What an answer of status 200, 206 or 416 brings. Null: no range tells it, it takes the whole content. */
export async function receive(response: HttpResponse, asked: Wanted): Promise<Piece | null> {
  const isUntold = asked.isSizeAsSent === true && codingsOf(response.headers).length > 0;
  const wanted = isUntold ? { ...asked, size: null } : asked;
  if (response.status === 206) return receivePart(response, wanted);
  if (response.status === 200) return receiveWhole(response, wanted);
  await response.discard();
  const { start, size } = wanted;
  const announced = parseContentRange(response.headers['content-range'])?.total ?? null;
  const total = announced === null && start === 0 && !size ? 0 : announced;
  if (total === null || total > start) return null;
  return { bytes: new Uint8Array(0), size: total, isOverlong: false };
}

async function receivePart(response: HttpResponse, wanted: Wanted): Promise<Piece | null> {
  const { start, end, limit, size = null } = wanted;
  const { headers } = response;
  if (/^multipart\//i.test(headers['content-type'] ?? '')) {
    await response.discard();
    throw notAgreed('The storage sent several ranges where one was asked for.');
  }
  const range = parseContentRange(headers['content-range']);
  if (range === null || range.start > start || range.end <= start) {
    await response.discard();
    throw broken('The storage sent another range than was asked for.');
  }
  // A range of what is coded can't be decoded; but where that has the listed size, it is the content.
  const isOfCoded = codingsOf(headers).length > 0 && range.total !== size;
  const total = range.total ?? size;
  if (isOfCoded || total === null) {
    await response.discard();
    return null;
  }
  const last = Math.min(range.end, end ?? range.end);
  if (last - start > limit) {
    await response.discard();
    return overlong(total);
  }
  const [from, to] = [start - range.start, last - range.start];
  const { bytes, seen } = await bytesOf(response.body, from, to, to - from);
  if (bytes.byteLength < last - start) throw cutShort();
  if (seen > range.end - range.start) throw broken('The storage sent more than it announced.');
  return { bytes, size: total, isOverlong: false };
}

/** The whole content, asked for or not: a server may ignore ranges. */
async function receiveWhole(
  response: HttpResponse,
  { start, end, limit, size = null }: Wanted,
): Promise<Piece> {
  // What has the listed size is the content, whatever the storage says of its coding: it was stored so.
  const isStoredSo = size !== null && Number(response.headers['content-length'] ?? Number.NaN) === size;
  const { body, headers, discard } = isStoredSo ? response : inPlain(response);
  const length = headers['content-length'];
  const announced = length === undefined ? null : Number(length);
  const isAll = start === 0 && end === null;
  if (isAll && announced !== null && announced > limit) {
    await discard();
    return overlong(announced);
  }
  const counts = !isAll && announced === null && size === null;
  const to = end ?? start + limit;
  const expected = announced === null ? null : Math.min(announced, to) - start;
  const { bytes, seen, isWhole } = await bytesOf(body, start, to, expected, counts);
  if (isWhole && announced !== null && announced > seen) throw cutShort();
  const total = isWhole ? seen : (announced ?? size ?? seen);
  return !isWhole && end === null ? overlong(total) : { bytes, size: total, isOverlong: false };
}

export const cutShort = (): WireFailure => broken('The transfer ended too early.');

/** `bytes 0-9/100`, `bytes 0-9/*` or, with 416, `bytes * /100`; `end` is the byte behind the last one. */
function parseContentRange(
  value: string | undefined,
): { start: number; end: number; total: number | null } | null {
  const parts = /^\s*bytes[ =](?:(\d+)-(\d+)|\*)\/(\d+|\*)\s*$/i.exec(value ?? '');
  if (!parts) return null;
  const start = Number(parts[1] ?? 0);
  const end = parts[2] === undefined ? start : Number(parts[2]) + 1;
  return { start, end, total: parts[3] === '*' ? null : Number(parts[3]) };
}

/**
 * What a storage says that names one version of a content. A strong ETag does by itself; where there is none, all else
 * together that changes with the content, behind 'W/', for nobody can ask for it (RFC 9110, 13.1.1): it is compared when
 * the answer is there.
 */
export function versionTagOf(headers: Readonly<Record<string, string>>): string | null {
  const etag = headers.etag?.trim() || null;
  if (etag !== null && !etag.startsWith('W/')) return etag;
  const said = NAMES.flatMap((name) => (headers[name] ? [`${name}=${headers[name]}`] : []));
  if (etag === null && said.length === 0) return null;
  return ['W/', ...(etag === null ? [] : [`etag=${etag}`]), ...said].join('\n');
}

/** Versions of buckets (GCS, S3, Azure), digests of whole objects, and what any web server knows. */
const NAMES = [
  'x-goog-generation',
  'x-goog-hash',
  'x-amz-version-id',
  'x-ms-version-id',
  'x-ms-blob-content-md5',
  'last-modified',
];

/** For If-Match; null: the storage can't be asked for it. */
export const askable = (tag: string | null): string | null =>
  tag === null || tag.startsWith('W/') ? null : tag;

/** Do two answers speak of different contents? What only one of them says tells nothing. */
export function isOtherVersion(one: string | null, other: string | null): boolean {
  if (one === null || other === null || one === other) return false;
  const others = partsOf(other);
  return [...partsOf(one)].some(([name, value]) => (others.get(name) ?? value) !== value);
}

function partsOf(tag: string): ReadonlyMap<string, string> {
  const lines = tag.startsWith('W/\n') ? tag.split('\n').slice(1) : [`etag=${tag}`];
  return new Map(
    lines.map((line) => {
      const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(line) ?? [];
      return [name, name === 'etag' ? bare(value) : value];
    }),
  );
}

const bare = (etag: string): string => etag.replace(/^W\//, '').replaceAll('"', '');
