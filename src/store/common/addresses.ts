import { LRUCache } from 'lru-cache';
import { type Clock, unlessAborted } from '../../wire/retry.js';
import type { StoreContext } from './context.js';
import { type NamedRow, type RowsOfNames, rowsOfNames } from './rows.js';
import { TurnBatch } from './turn-batch.js';

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

/** Files that somebody may read next, and places of them. */
const MOST_EXPECTED = 1000;
const MOST_PLACES = 16;

/** The addresses of files, asked for in batches by the names of those that are in one place. */
export class FileAddresses<File, Row extends NamedRow> {
  private readonly book: AddressBook;
  private readonly batch: TurnBatch<File, Row | null>;
  /** Of each place, those that may be asked for next. */
  private readonly expected = new LRUCache<string, readonly File[]>({ max: MOST_PLACES });

  /** Requests with which they come along, by what names their content. */
  private readonly onTheirWay = new Map<string, Promise<unknown>>();

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
      ask: (place, wanted, signal) =>
        context.sizes.eachWith('names', wanted, this.expectedBeside(place, wanted), async (batch, along) => {
          const [first] = batch as [File];
          const names = along.map(nameOf);
          const asking = rowsOfNames(batch.map(nameOf), (left) => ask(first, left, signal), names);
          const rows = await this.coming(place, along, asking);
          return batch.map((file) => rows.get(nameOf(file)) ?? null);
        }),
      keyOf: nameOf,
      canJoinLate: true,
    });
  }

  remember(file: File, row: Row): void {
    const address = this.files.addressOf(row);
    if (address) this.book.remember(this.files.keyOf(file), address);
  }

  /** The address that is known and fresh, if any. */
  peek(file: File): Address | null {
    return this.book.peek(this.files.keyOf(file));
  }

  /** The addresses of these files, all of one place, come along with those that are asked for there. */
  expect(files: readonly File[]): void {
    const [first] = files;
    if (first === undefined) return;
    const place = this.files.placeOf(first);
    const others = this.expected.get(place) ?? [];
    this.expected.set(place, [...files, ...others].slice(0, MOST_EXPECTED));
  }

  private expectedBeside(place: string, wanted: readonly File[]): readonly File[] {
    const names = new Set(wanted.map(this.files.nameOf));
    const expected = this.expected.get(place) ?? [];
    return expected.filter((file) => !names.has(this.files.nameOf(file)) && this.peek(file) === null);
  }

  /** Takes in what comes along; whoever asks for it meanwhile waits for it, and of what has no address it isn't asked again. */
  private async coming(
    place: string,
    files: readonly File[],
    asking: Promise<ReadonlyMap<string, Row>>,
  ): Promise<ReadonlyMap<string, Row>> {
    for (const file of files) this.onTheirWay.set(this.files.keyOf(file), asking);
    try {
      const rows = await asking;
      for (const file of files) {
        const row = rows.get(this.files.nameOf(file));
        if (row) this.remember(file, row);
      }
      const asked = new Set(files);
      const left = (this.expected.get(place) ?? []).filter((file) => !asked.has(file));
      this.expected.set(place, left);
      return rows;
    } finally {
      for (const file of files) this.onTheirWay.delete(this.files.keyOf(file));
    }
  }

  /** Asks for a new address; null: the server has none of it. */
  async renew(file: File, signal: AbortSignal | undefined): Promise<Address | null> {
    const key = this.files.keyOf(file);
    this.book.forget(key);
    const coming = this.onTheirWay.get(key);
    if (coming) {
      // Where it fails, this one's own request tells why.
      await unlessAborted(Promise.allSettled([coming]), signal);
      const known = this.peek(file);
      if (known) return known;
    }
    const row = await this.batch.add(this.files.placeOf(file), file, signal);
    if (row) this.remember(file, row);
    return this.peek(file);
  }
}
