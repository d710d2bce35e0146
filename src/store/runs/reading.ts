import { createHash } from 'node:crypto';
import type { Content, Entry } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import type { TreePath } from '../../contract/tree-path.js';
import { FileAddressesDocument, type FileRowFragment, type FileUrlsFragment } from '../../wire/generated.js';
import type { Download, DownloadOptions } from '../../wire/transfer/transfer.js';
import { type Address, AddressBook, differs, download, readListed, type Span } from '../common/content.js';
import { md5Of, rowsOfNames } from '../common/rows.js';
import { TurnBatch } from '../common/turn-batch.js';
import { placeOf, type RunName, type RunsContext } from './tree.js';

/** Reads content from the storage, and sees to it that it is what was listed. */
export class Reading {
  constructor(
    private readonly context: RunsContext,
    private readonly addresses: Addresses,
  ) {}

  async read(
    entry: Entry,
    range: Span,
    { etag, signal }: { readonly etag: string | null; readonly signal?: AbortSignal | undefined },
  ): Promise<Content> {
    const { size } = entry;
    if (size !== null && range.start >= Math.min(size, range.end)) {
      return { bytes: new Uint8Array(0), etag, size };
    }
    const { md5 } = entry;
    const isListed = md5 === null ? null : async (bytes: Uint8Array) => md5Of(bytes) === md5;
    const { isAll: _, ...content } = await readListed(
      { size, isListed, mismatch: 'MD5 mismatch' },
      range,
      (wanted) => this.fetch(entry, { ...wanted, etag, signal }),
    );
    return content;
  }

  async readNewest(
    entry: Entry,
    { limit, signal }: { readonly limit: number; readonly signal?: AbortSignal | undefined },
  ): Promise<Content & { readonly md5: string }> {
    const whole = { start: 0, end: null, limit, etag: null, signal };
    const { bytes, etag, tag, size, isOverlong } = await this.fetch(entry, whole);
    const digest = createHash('md5').update(bytes).digest();
    // GCS and S3 tag what came in one PUT with its MD5.
    const isVouchedFor = etag?.replaceAll('"', '').toLowerCase() === digest.toString('hex');
    if (isOverlong || bytes.byteLength !== size || !isVouchedFor) throw differs('MD5 mismatch');
    return { bytes, etag: tag, size, md5: digest.toString('base64') };
  }

  async signedUrl(entry: Entry, signal: AbortSignal | undefined): Promise<string> {
    const address = await this.addresses.renew(entry, signal);
    if (!address) throw new Failure('ENOENT');
    return address.direct;
  }

  private fetch(entry: Entry, options: Omit<DownloadOptions, 'isApiAddress'>): Promise<Download> {
    const source = {
      peek: () => this.addresses.peek(entry),
      renew: () => this.addresses.renew(entry, options.signal),
      lastResort: async ({ api }: Address) => api,
    };
    return download(this.context.transfers, source, options);
  }
}

/** The URLs of run files, asked for in batches by name. */
export class Addresses {
  private readonly book: AddressBook;
  private readonly batch: TurnBatch<string, Address | null, TreePath>;

  constructor(private readonly context: RunsContext) {
    this.book = new AddressBook(context.client.api.clock);
    this.batch = new TurnBatch({
      ask: (unit, names, signal) => this.fetch(unit, names, signal),
      keyOf: (name) => name,
      canJoinLate: true,
    });
  }

  remember(entry: Entry, urls: FileUrlsFragment): void {
    this.book.remember(entry.path, entry.version, { direct: urls.directUrl, api: urls.url ?? null });
  }

  /** The address that is known and fresh, if any. */
  peek(entry: Entry): Address | null {
    return this.book.peek(entry.path, entry.version);
  }

  /** Asks for a new address; null: the server has no such file. */
  async renew(entry: Entry, signal: AbortSignal | undefined): Promise<Address | null> {
    const { unit, file } = placeOf(entry.path);
    if (unit === null || file === null) return null;
    this.book.forget(entry.path);
    const address = await this.batch.add(unit, file, signal);
    if (address) this.book.remember(entry.path, entry.version, address);
    return address;
  }

  private async fetch(
    unit: TreePath,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly (Address | null | Failure)[]> {
    const { run } = placeOf(unit);
    if (!run) return names.map(() => null);
    return this.context.sizes.each('names', names, async (batch) => {
      const rows = await this.rowsOf(run, batch, signal);
      // Whether a row was finalised yet is no matter here: who asks knows of an upload, and the storage has its bytes.
      return batch.map((name) => {
        const row = rows.get(name);
        return row ? { direct: row.directUrl, api: row.url ?? null } : null;
      });
    });
  }

  /** The rows of names, in as many requests as the server cuts its pages. */
  rowsOf(
    run: RunName,
    names: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<string, FileRowFragment & FileUrlsFragment>> {
    return rowsOfNames(names, async (left) => {
      const variables = { ...run, names: left, first: left.length };
      const options = this.context.sized(left.length, signal);
      return (await this.context.client.run(FileAddressesDocument, variables, options)).project?.run?.files;
    });
  }
}
