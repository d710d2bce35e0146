import type { Content } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import { withoutSecrets } from '../../wire/api/request-log.js';
import type { Download, DownloadOptions, Transfers } from '../../wire/transfer/transfer.js';
import { isWireFailure, type WireFailure } from '../../wire/wire-failure.js';
import type { Address } from './addresses.js';

/** What is fetched at once of a file whose size nobody knows, if all of it is asked for. */
export const MOST_UNKNOWN_BYTES = 2 ** 31;

/** How the addresses of one file are found, cheapest first. */
interface AddressSource {
  /** What is known without a request. */
  readonly peek: () => Address | null;
  /** Asks the server; null: it has no such file. */
  readonly renew: () => Promise<Address | null>;
  /** The API's own address, for when the storage can't be reached or refuses what was just signed; null: there is none. */
  readonly lastResort: (address: Address, isStorageReached: boolean) => Promise<string | null>;
}

/**
 * Fetches content. A signed URL that was refused is renewed once; if that doesn't help, or nobody can be reached there,
 * the API's own address is the last resort. Rejects with ESTALE where the storage has other content, or none any more.
 */
export async function download(
  transfers: Transfers,
  source: AddressSource,
  options: Omit<DownloadOptions, 'isApiAddress'>,
): Promise<Download> {
  try {
    const known = source.peek();
    const first = known && (await direct(known));
    if (first && 'bytes' in first) return first;
    // Nobody is reached by another signature.
    const isReached = !first || isExpired(first);
    const address = isReached ? await source.renew() : known;
    if (!address) throw new Failure('ESTALE', 'The file was removed on the server.');
    const second = isReached ? await direct(address) : first;
    return 'bytes' in second ? second : await byApi(address, second);
  } catch (error) {
    if (!isWireFailure(error) || (error.status !== 412 && error.status !== 404)) throw error;
    const what = error.status === 412 ? 'changed' : 'removed';
    throw new Failure('ESTALE', `The file was ${what} on the server.`, error.cause);
  }

  /** What the API may know better is a value, all else is thrown. */
  async function direct(address: Address): Promise<Download | WireFailure> {
    try {
      return await transfers.download(address.direct, { ...options, isApiAddress: false });
    } catch (error) {
      if (isWireFailure(error) && (isExpired(error) || isUnreachable(error))) return error;
      throw error;
    }
  }

  async function byApi(address: Address, refusal: WireFailure): Promise<Download> {
    const api = await source.lastResort(address, isExpired(refusal));
    if (api === null || (isUnreachable(refusal) && originOf(api) === originOf(address.direct))) throw refusal;
    const why = isUnreachable(refusal) ? 'can not be reached' : 'refuses an address that was just signed';
    transfers.api.warnings.debug(
      () => `the storage ${why}: the API's own address is used, ${withoutSecrets(api)}`,
    );
    try {
      return await transfers.download(api, { ...options, isApiAddress: true });
    } catch (error) {
      if (!isWireFailure(error) || !isUnreachable(refusal) || error.status === 404 || error.status === 412)
        throw error;
      const detail = `${refusal.detail} The API's own address failed, too: ${error.detail ?? error.code}`;
      throw new Failure(refusal.code, detail, `${refusal.cause}; ${error.cause}`);
    }
  }
}

/** How storages turn down a URL whose time is over: 400 (ExpiredToken), 401 or 403. */
export const isExpired = ({ status }: WireFailure): boolean =>
  status === 400 || status === 401 || status === 403;

/** Networks that let nobody out but to the API: no connection is made. */
const isUnreachable = ({ fault }: WireFailure): boolean =>
  fault === 'unreachable' || fault === 'down' || fault === 'insecure';

const originOf = (address: string): string => (URL.canParse(address) ? new URL(address).origin : address);

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What a listing tells of content. */
interface ListedContent {
  /** In bytes; null: not known. */
  readonly size: number | null;
  /** Is this all of it, by its digest? Null: no digest is known. */
  readonly isListed: ((bytes: Uint8Array) => Promise<boolean>) | null;
  /** What a failure names where it isn't. */
  readonly mismatch: string;
}

/** What was read, and whether it is all of the content, verified; null where the listed size was wrong. */
interface ReadContent extends Content {
  readonly isAll: boolean | null;
}

/** Fetches a range of listed content; rejects with EBADMSG where what comes isn't that, as far as it can be told. */
export async function readListed(
  { size, isListed, mismatch }: ListedContent,
  span: Span,
  fetch: (wanted: Wanted) => Promise<Download>,
): Promise<ReadContent> {
  const { isWhole, ...wanted } = wantedOf(size, span);
  const got = await fetch(wanted);
  const whole = await doubted(size, got, isListed, fetch);
  if (whole) return { bytes: whole.bytes.slice(span.start), etag: whole.tag, size: whole.size, isAll: null };
  const { bytes } = got;
  const isAll = isWhole || (span.start === 0 && bytes.byteLength === got.size);
  if (isAll && isListed !== null && !(await isListed(bytes))) throw differs(mismatch);
  return { bytes, etag: got.tag, size: got.size, isAll };
}

type Wanted = Omit<DownloadOptions, 'isApiAddress' | 'etag' | 'signal'>;

/** What to ask the storage for, of a range of a file. */
export function wantedOf(size: number | null, { start, end }: Span) {
  const isWhole = start === 0 && size !== null && end >= size;
  const isOpenEnd = !Number.isSafeInteger(end) || end === Number.MAX_SAFE_INTEGER;
  const last = size === null ? (isOpenEnd ? null : end) : Math.min(size, end);
  const limit = last === null ? MOST_UNKNOWN_BYTES : last - start;
  return { isWhole, start, end: isWhole ? null : last, limit, size };
}

/** Largest content that is fetched whole to learn whether its size or its digest was told wrong. */
const MOST_DOUBTED_BYTES = 256 * 1024 * 1024;

/**
 * All of a content whose size at the storage isn't the listed one. Its digest tells which of the two is wrong: sizes are
 * claims. Null: the sizes agree. Rejects with EBADMSG where it isn't the listed content.
 */
async function doubted(
  listed: number | null,
  { size, isOverlong }: Download,
  isListed: ((bytes: Uint8Array) => Promise<boolean>) | null,
  fetch: (whole: Wanted) => Promise<Download>,
): Promise<Download | null> {
  if (!isOverlong && (listed === null || size === listed)) return null;
  const failure = differs(`${listed ?? 'unknown'} bytes listed, ${size} stored`);
  if (isListed === null || size > MOST_DOUBTED_BYTES) throw failure;
  const whole = await fetch({ start: 0, end: null, limit: MOST_DOUBTED_BYTES, size: null });
  if (whole.isOverlong || !(await isListed(whole.bytes))) throw failure;
  return whole;
}

export const differs = (cause: string): Failure =>
  new Failure('EBADMSG', 'The content differs from what the server lists.', cause);
