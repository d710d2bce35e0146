import { LRUCache } from 'lru-cache';
import type { Content } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import { withoutSecrets } from '../../wire/api/exchanges.js';
import { type Clock, unlessAborted } from '../../wire/retry.js';
import type { Download, DownloadOptions } from '../../wire/transfer/ranges.js';
import type { Transfers } from '../../wire/transfer/transfer.js';
import { isWireFailure, type WireFailure } from '../../wire/wire-failure.js';
import type { StoreContext } from './context.js';
import { differs, settleDoubt } from './doubts.js';
import { ExpectedFiles } from './expected-files.js';
import { type NamedRow, type RowsOfNames, rowsOfNames } from './rows.js';
import { TurnBatch } from './turn-batch.js';

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
  if (got.isOverlong || (size !== null && got.size !== size)) {
    const whole = await settleDoubt(size, got.size, isListed, fetch);
    return { bytes: whole.bytes.slice(span.start), etag: whole.tag, size: whole.size, isAll: null };
  }
  const { bytes } = got;
  const isAll = isWhole || (span.start === 0 && bytes.byteLength === got.size);
  if (isAll && isListed !== null && !(await isListed(bytes))) throw differs(mismatch);
  return { bytes, etag: got.tag, size: got.size, isAll };
}

export type Wanted = Omit<DownloadOptions, 'isApiAddress' | 'etag' | 'signal'>;

/** What to ask the storage for, of a range of a file. */
export function wantedOf(size: number | null, { start, end }: Span) {
  const isWhole = start === 0 && size !== null && end >= size;
  const isOpenEnd = !Number.isSafeInteger(end) || end === Number.MAX_SAFE_INTEGER;
  const last = size === null ? (isOpenEnd ? null : end) : Math.min(size, end);
  const limit = last === null ? MOST_UNKNOWN_BYTES : last - start;
  return { isWhole, start, end: isWhole ? null : last, limit, size };
}

/** Where the content of a file is. */
export interface Address {
  /** Signed, at the storage; ends by itself. */
  readonly direct: string;
  /** At the API, which asks for credentials and redirects. */
  readonly api: string | null;
}

const MOST_BYTES = 8 * 1024 * 1024;
const OVERHEAD = 256;
/** URLs of the service are good for an hour. */
const FRESH_MS = 50 * 60_000;

/**
 * URLs that the server signed, bounded in bytes. Signing is slow at the server, so they are asked for when content is
 * wanted, and kept while they are good.
 */
export class AddressBook {
  /** With when the server signed it, in milliseconds. */
  private readonly known = new LRUCache<string, Address & { readonly at: number }>({
    maxSize: MOST_BYTES,
    sizeCalculation: ({ direct, api }, key) => direct.length + (api?.length ?? 0) + key.length + OVERHEAD,
  });

  constructor(private readonly clock: Clock) {}

  /** @param key names the content, not just the file: other content has another address */
  remember(key: string, { direct, api }: Address): void {
    this.known.set(key, { direct, api, at: this.clock.now() });
  }

  /** The address that is known and fresh, if any. */
  peek(key: string): Address | null {
    const known = this.known.get(key);
    return known && this.clock.now() - known.at < FRESH_MS ? known : null;
  }

  forget(key: string): void {
    this.known.delete(key);
  }
}

/** The addresses of files, asked for in batches by the names of those that are in one place. */
export class FileAddresses<File, Row extends NamedRow> {
  private readonly book: AddressBook;
  private readonly batch: TurnBatch<File, Row | null>;
  private expected: ExpectedFiles<File> | null = null;

  constructor(
    context: StoreContext,
    private readonly files: {
      readonly nameOf: (file: File) => string;
      /** Files of one place are asked for together. */
      readonly placeOf: (file: File) => string;
      /** Names its content. */
      readonly keyOf: (file: File) => string;
      readonly addressOf: (row: Row) => Address | null;
      /** Asks for the rows of names, all in the place of `file`. */
      readonly ask: (file: File, names: readonly string[], signal: AbortSignal) => RowsOfNames<Row>;
    },
  ) {
    const { nameOf, ask } = files;
    this.book = new AddressBook(context.client.api.clock);
    this.batch = new TurnBatch<File, Row | null>({
      ask: (place, wanted, signal) => {
        const others = this.expected?.beside(place, wanted, (file) => this.peek(file) === null) ?? [];
        return context.sizes.eachWith('names', wanted, others, async (batch, along) => {
          const [first] = batch as [File];
          const names = along.map(nameOf);
          const asking = rowsOfNames(batch.map(nameOf), (left) => ask(first, left, signal), names);
          const taking = this.expected?.come(place, along, asking, (file, row) => this.remember(file, row));
          const rows = await (taking ?? asking);
          return batch.map((file) => rows.get(nameOf(file)) ?? null);
        });
      },
      keyOf: nameOf,
      canJoinLate: true,
    });
  }

  remember(file: File, row: Row | null | undefined): void {
    const address = row && this.files.addressOf(row);
    if (address) this.book.remember(this.files.keyOf(file), address);
  }

  /** The address that is known and fresh, if any. */
  peek(file: File): Address | null {
    return this.book.peek(this.files.keyOf(file));
  }

  /** The addresses of these files, all of one place, come along with those that are asked for there. */
  expect(files: readonly File[]): void {
    if (files.length > 0) this.expected ??= new ExpectedFiles(this.files);
    this.expected?.add(files);
  }

  /** Asks for a new address; null: the server has none of it. */
  async renew(file: File, signal: AbortSignal | undefined): Promise<Address | null> {
    const key = this.files.keyOf(file);
    this.book.forget(key);
    const coming = this.expected?.coming(key);
    if (coming) {
      await unlessAborted(coming, signal);
      const known = this.peek(file);
      if (known) return known;
    }
    this.remember(file, await this.batch.add(this.files.placeOf(file), file, signal));
    return this.peek(file);
  }
}
