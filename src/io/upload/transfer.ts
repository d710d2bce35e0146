import { createHash } from 'node:crypto';
import type { Entry } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import type { Store } from '../../contract/store.js';
import type { TreePath } from '../../contract/tree-path.js';
import type { OpenSource, Ticket, Uploads } from '../../contract/uploads.js';
import { monotonicClock, RealDate } from '../../platform/time.js';
import { contentVersion } from '../../store/common/rows.js';
import { sizeOf } from '../../store/common/sources.js';
import { filePieces } from '../../wire/transport/file-pieces.js';
import { isWireFailure } from '../../wire/wire-failure.js';

/** What an upload needs of a store. */
export type Target = Pick<Store, 'lookup'> & { readonly uploads: Uploads };

/** Of the files that were declared; throws where the server gave none. */
export type Tickets = (path: TreePath) => Ticket;

export async function declare(
  { uploads }: Target,
  paths: readonly TreePath[],
  signal: AbortSignal,
): Promise<Tickets> {
  const declared = await uploads.declare(paths, { signal });
  const tickets = new Map(declared.map((ticket) => [ticket.path, ticket]));
  return (path) => {
    const ticket = tickets.get(path);
    if (!ticket) throw new Failure('EPROTO', 'The server gave no address to upload the file to.');
    return ticket;
  };
}

/**
 * Sends the content of one file and returns the entry that the next agreeing listing will show. Settles only when the
 * transfer's socket is done.
 *
 * If the connection died after the whole body had been sent, nobody knows whether the storage took it: a fresh look-up
 * tells by the MD5.
 *
 * @param options.onProgress gets the bytes sent so far
 */
export async function send(
  target: Target,
  ticket: Ticket,
  source: OpenSource,
  options: {
    readonly signal: AbortSignal;
    readonly onProgress?: (sent: number) => void;
    readonly onPushback?: (() => void) | undefined;
    readonly now: () => number;
    /** The server may have this content already: then nothing is sent. @default false */
    readonly isDoubtful?: boolean | undefined;
  },
): Promise<Entry> {
  const { signal, onProgress, onPushback, now, isDoubtful = false } = options;
  const size = sizeOf(source);
  if (isDoubtful) {
    const md5 = await md5Of(source);
    if ((await listedMd5(target, ticket.path, signal)) === md5) return entryOf(ticket.path, size, md5, now());
  }
  let sent = 0;
  try {
    const { md5 } = await target.uploads.put(ticket, source, {
      signal,
      onPushback,
      onProgress: (bytes) => {
        sent = bytes;
        onProgress?.(bytes);
      },
    });
    return entryOf(ticket.path, size, md5 ?? (await md5Of(source)), now());
  } catch (thrown) {
    // What the storage itself tells of isn't asked for again: a listing that lags may show equal content of before.
    const isRefused = isWireFailure(thrown) && thrown.fault === 'corrupt';
    if (signal.aborted || sent < size || isRefused) throw thrown;
    const md5 = await md5Of(source);
    if ((await listedMd5(target, ticket.path, signal)) !== md5) throw thrown;
    return entryOf(ticket.path, size, md5, now());
  }
}

/** Null too if nobody answers: then the transfer's own failure is the one to tell. */
async function listedMd5(target: Target, path: TreePath, signal: AbortSignal): Promise<string | null> {
  const looked = await Promise.allSettled([target.lookup(path, { listing: false, signal })]);
  const found = looked[0].status === 'fulfilled' ? looked[0].value.found : null;
  return found === 'prefix' ? null : (found?.md5 ?? null);
}

function entryOf(path: TreePath, size: number, md5: string, at: number): Entry {
  const version = contentVersion({ md5, size, updatedAt: new RealDate(at).toISOString() });
  return {
    path,
    kind: 'file',
    size,
    mtimeMs: at,
    birthtimeMs: at,
    version,
    md5,
    id: null,
    isReadOnly: false,
  };
}

const PIECE_BYTES = 1024 * 1024;

async function md5Of(source: OpenSource): Promise<string> {
  const hash = createHash('md5');
  if (source.kind === 'bytes') hash.update(source.bytes);
  else {
    const range = { start: 0, end: source.size, pieceBytes: PIECE_BYTES };
    for await (const piece of filePieces(source.fd, range)) hash.update(piece);
  }
  return hash.digest('base64');
}

/** Between two reports on one file, in milliseconds. */
const PROGRESS_INTERVAL = 100;

/** Tells of bytes that were sent, now and then; of the last one always. */
export function nowAndThen(size: number, tell: (sent: number) => void): (sent: number) => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  return (sent) => {
    const now = monotonicClock();
    if (sent < size && now - toldAt < PROGRESS_INTERVAL) return;
    toldAt = now;
    tell(sent);
  };
}
