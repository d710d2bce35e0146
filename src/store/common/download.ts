import { withoutSecrets } from '../../wire/request-log.js';
import type { Download, DownloadOptions, Transfers } from '../../wire/transfer.js';
import { isWireFailure } from '../../wire/wire-failure.js';
import { Failure } from '../failure.js';
import type { Address } from './address-book.js';

/** What is fetched at once of a file whose size nobody knows, if all of it is asked for. */
export const MOST_UNKNOWN_BYTES = 2 ** 31;

/** How the addresses of one file are found, cheapest first. */
interface AddressSource {
  /** What is known without a request. */
  readonly peek: () => Address | null;
  /** Asks the server; null: it has no such file. */
  readonly renew: () => Promise<Address | null>;
  /** The API's own address, for when the storage refuses one that was just signed; null: there is none. */
  readonly lastResort: (address: Address) => Promise<string | null>;
}

/**
 * Fetches content. A signed URL that was refused is renewed once; if that doesn't help, the API's own address is the
 * last resort. Rejects with ESTALE where the storage has other content, or none any more.
 */
export async function download(
  transfers: Transfers,
  source: AddressSource,
  options: Omit<DownloadOptions, 'isApiAddress'>,
): Promise<Download> {
  const direct = (address: Address): Promise<Download> =>
    transfers.download(address.direct, { ...options, isApiAddress: false });
  try {
    const known = source.peek();
    const first = known && (await unlessRefused(direct(known)));
    if (first) return first;
    const address = await source.renew();
    if (!address) throw new Failure('ESTALE', 'The file was removed on the server.');
    try {
      return await direct(address);
    } catch (error) {
      const api = isRefusal(error) ? await source.lastResort(address) : null;
      if (api === null) throw error;
      transfers.api.warnings.debug(
        () =>
          `the storage refuses an address that was just signed: the API's own is used, ${withoutSecrets(api)}`,
      );
      return await transfers.download(api, { ...options, isApiAddress: true });
    }
  } catch (error) {
    if (isWireFailure(error) && error.status === 412) {
      throw new Failure('ESTALE', 'The file was changed on the server.', error.cause);
    }
    if (isWireFailure(error) && error.status === 404) {
      throw new Failure('ESTALE', 'The file was removed on the server.', error.cause);
    }
    throw error;
  }
}

/** Null for how storages turn down a URL whose time is over: 400 (ExpiredToken), 401 or 403. */
async function unlessRefused(pending: Promise<Download>): Promise<Download | null> {
  try {
    return await pending;
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

const isRefusal = (error: unknown): boolean =>
  isWireFailure(error) && (error.status === 400 || error.status === 401 || error.status === 403);

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What to ask the storage for, of a range of a file. */
export function wantedOf(size: number | null, { start, end }: Span) {
  const isWhole = start === 0 && size !== null && end >= size;
  const isOpenEnd = !Number.isSafeInteger(end) || end === Number.MAX_SAFE_INTEGER;
  const last = size === null ? (isOpenEnd ? null : end) : Math.min(size, end);
  const limit = last === null ? MOST_UNKNOWN_BYTES : last - start;
  return { isWhole, start, end: isWhole ? null : last, limit };
}

/** Rejects with EBADMSG where the storage's size isn't the listed one. */
export function checkSize(listed: number | null, { size, isOverlong }: Download): void {
  if (isOverlong || (listed !== null && size !== listed)) {
    throw differs(`${listed ?? 'unknown'} bytes listed, ${size} stored`);
  }
}

export const differs = (cause: string): Failure =>
  new Failure('EBADMSG', 'The content differs from what the server lists.', cause);
