import { createHash } from 'node:crypto';
import type { Download, DownloadOptions } from '../../wire/transfer.js';
import { isWireFailure } from '../../wire/wire-failure.js';
import type { Content, Entry } from '../contract.js';
import { Failure } from '../failure.js';
import type { Addresses } from './addresses.js';
import type { RunsContext } from './context.js';

interface Range {
  readonly start: number;
  readonly end: number;
}

/** What is fetched at once of a file whose size nobody knows, if all of it is asked for. */
const MOST_UNKNOWN_BYTES = 2 ** 31;

/** Reads content from the storage, and sees to it that it is what was listed. */
export class Reading {
  constructor(
    private readonly context: RunsContext,
    private readonly addresses: Addresses,
  ) {}

  async read(
    entry: Entry,
    { start, end }: Range,
    { etag, signal }: { readonly etag: string | null; readonly signal?: AbortSignal | undefined },
  ): Promise<Content> {
    const { size } = entry;
    if (size !== null && start >= Math.min(size, end)) return { bytes: new Uint8Array(0), etag, size };
    const isWhole = start === 0 && size !== null && end >= size;
    const isOpenEnd = !Number.isSafeInteger(end) || end === Number.MAX_SAFE_INTEGER;
    const last = size === null ? (isOpenEnd ? null : end) : Math.min(size, end);
    const limit = last === null ? MOST_UNKNOWN_BYTES : last - start;
    const options = { start, end: isWhole ? null : last, limit, etag, signal };
    const content = await this.fetch(entry, options);
    verify(entry, content, {
      isWhole: isWhole || (start === 0 && content.bytes.byteLength === content.size),
      etag,
    });
    return { bytes: content.bytes, etag: content.etag, size: content.size };
  }

  async readNewest(
    entry: Entry,
    { limit, signal }: { readonly limit: number; readonly signal?: AbortSignal | undefined },
  ): Promise<Content & { readonly md5: string }> {
    const whole = { start: 0, end: null, limit, etag: null, signal };
    const { bytes, etag, size, isOverlong } = await this.fetch(entry, whole);
    const digest = createHash('md5').update(bytes).digest();
    // GCS and S3 tag what came in one PUT with its MD5.
    const isVouchedFor = etag?.replaceAll('"', '').toLowerCase() === digest.toString('hex');
    if (isOverlong || bytes.byteLength !== size || !isVouchedFor) throw differs('MD5 mismatch');
    return { bytes, etag, size, md5: digest.toString('base64') };
  }

  /** A signed URL that was refused is renewed once; if that doesn't help, the API's own address is the last resort. */
  private async fetch(entry: Entry, options: Omit<DownloadOptions, 'isApiAddress'>): Promise<Download> {
    const { transfers } = this.context;
    const { signal } = options;
    try {
      const known = this.addresses.peek(entry);
      if (known) {
        const download = await unlessRefused(
          transfers.download(known.direct, { ...options, isApiAddress: false }),
        );
        if (download) return download;
      }
      const address = await this.addresses.renew(entry, signal);
      if (!address) throw new Failure('ESTALE', 'The file was removed on the server.');
      if (address.api === null)
        return await transfers.download(address.direct, { ...options, isApiAddress: false });
      const again = transfers.download(address.direct, { ...options, isApiAddress: false });
      return (
        (await unlessRefused(again)) ??
        (await transfers.download(address.api, { ...options, isApiAddress: true }))
      );
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
}

/** Null for how storages turn down a URL whose time is over: 400 (ExpiredToken), 401 or 403. */
async function unlessRefused(download: Promise<Download>): Promise<Download | null> {
  try {
    return await download;
  } catch (error) {
    if (isWireFailure(error) && (error.status === 400 || error.status === 401 || error.status === 403))
      return null;
    throw error;
  }
}

function verify(
  entry: Entry,
  { bytes, etag, size, isOverlong }: Download,
  asked: { readonly isWhole: boolean; readonly etag: string | null },
): void {
  if (asked.etag !== null && etag !== null && etag !== asked.etag) {
    throw new Failure('ESTALE', 'The file was changed on the server.');
  }
  if (isOverlong || (entry.size !== null && size !== entry.size)) {
    throw differs(`${entry.size ?? 'unknown'} bytes listed, ${size} stored`);
  }
  if (!asked.isWhole || entry.md5 === null) return;
  if (createHash('md5').update(bytes).digest('base64') !== entry.md5) throw differs('MD5 mismatch');
}

const differs = (cause: string): Failure =>
  new Failure('EBADMSG', 'The content differs from what the server lists.', cause);
