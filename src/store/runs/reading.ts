import { createHash } from 'node:crypto';
import type { Content, Entry } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import type { ReadOptions } from '../../contract/store.js';
import type { Signalled } from '../../contract/uploads.js';
import type { Download, DownloadOptions } from '../../wire/transfer/ranges.js';
import { download, readListed, type Span } from '../common/content.js';
import { differs } from '../common/doubts.js';
import { md5Of } from '../common/rows.js';
import type { RunsContext } from './tree.js';

/** Reads content from the storage, and sees to it that it is what was listed. */
export async function readFile(
  context: RunsContext,
  entry: Entry,
  range: Span,
  { beside = [], etag, signal, isAhead }: ReadOptions & Signalled,
): Promise<Content> {
  const { size, md5 } = entry;
  if (size !== null && range.start >= Math.min(size, range.end)) {
    return { bytes: new Uint8Array(0), etag, size };
  }
  context.addresses.expect(beside);
  const isListed = md5 === null ? null : async (bytes: Uint8Array) => md5Of(bytes) === md5;
  const listed = { size, isListed, mismatch: 'MD5 mismatch' };
  const { isAll: _, ...content } = await readListed(listed, range, (wanted) =>
    fetch(context, entry, { ...wanted, etag, signal, isAhead }),
  );
  return content;
}

export async function readNewest(
  context: RunsContext,
  entry: Entry,
  { limit, signal }: { readonly limit: number; readonly signal?: AbortSignal | undefined },
): Promise<Content & { readonly md5: string }> {
  const whole = { start: 0, end: null, limit, etag: null, signal };
  const { bytes, etag, tag, size, isOverlong } = await fetch(context, entry, whole);
  const digest = createHash('md5').update(bytes).digest();
  // GCS and S3 tag what came in one PUT with its MD5.
  const isVouchedFor = etag?.replaceAll('"', '').toLowerCase() === digest.toString('hex');
  if (isOverlong || bytes.byteLength !== size || !isVouchedFor) throw differs('MD5 mismatch');
  return { bytes, etag: tag, size, md5: digest.toString('base64') };
}

export async function signedUrl(
  { addresses }: RunsContext,
  entry: Entry,
  signal: AbortSignal | undefined,
): Promise<string> {
  const address = await addresses.renew(entry, signal);
  if (!address) throw new Failure('ENOENT');
  return address.direct;
}

function fetch(
  { addresses, transfers }: RunsContext,
  entry: Entry,
  options: Omit<DownloadOptions, 'isApiAddress'>,
): Promise<Download> {
  const source = {
    peek: () => addresses.peek(entry),
    renew: () => addresses.renew(entry, options.signal),
    lastResort: async ({ api }: { readonly api: string | null }) => api,
  };
  return download(transfers, source, options);
}
