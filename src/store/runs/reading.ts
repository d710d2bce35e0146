import { createHash } from 'node:crypto';
import type { Content, Entry } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import { FileAddressesDocument, type FileRowFragment, type FileUrlsFragment } from '../../wire/generated.js';
import type { Download, DownloadOptions } from '../../wire/transfer/transfer.js';
import { differs, download, FileAddresses, readListed, type Span } from '../common/content.js';
import { md5Of } from '../common/rows.js';
import { fileAt, type RunName, type RunsContext } from './tree.js';

/** Reads content from the storage, and sees to it that it is what was listed. */
export class Reading {
  constructor(
    private readonly context: RunsContext,
    private readonly addresses: RunAddresses,
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
      lastResort: async ({ api }: { readonly api: string | null }) => api,
    };
    return download(this.context.transfers, source, options);
  }
}

export type RunAddresses = FileAddresses<Entry, FileRowFragment & FileUrlsFragment>;

/** The URLs of run files. Whether a row was finalised yet is no matter: who asks knows of an upload, and the storage has it. */
export const fileAddresses = (context: RunsContext): RunAddresses =>
  new FileAddresses(context, {
    nameOf: ({ path }) => fileAt(path).name,
    placeOf: ({ path }) => fileAt(path).unit,
    keyOf: ({ path, version }) => `${path}\0${version}`,
    addressOf: ({ directUrl, url }) => ({ direct: directUrl, api: url ?? null }),
    ask: ({ path }, names, signal) => askRows(context, fileAt(path).run, names, signal),
  });

/** One page of the rows of names, as much as the server puts on it. */
export async function askRows(
  context: RunsContext,
  run: RunName,
  names: readonly string[],
  signal: AbortSignal,
) {
  const variables = { ...run, names, first: names.length };
  const { project } = await context.rows(FileAddressesDocument, variables, signal);
  return project?.run?.files;
}
