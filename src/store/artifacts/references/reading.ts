import { isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LRUCache } from 'lru-cache';
import type { Content } from '../../../contract/entry.js';
import { Failure } from '../../../contract/failure.js';
import { disk } from '../../../platform/disk.js';
import { errnoOf } from '../../../wire/errors.js';
import { unlessAborted } from '../../../wire/retry.js';
import { MOST_UNKNOWN_BYTES, type Span } from '../../common/content.js';
import { readSpan } from '../content.js';
import type { ArtifactsContext } from '../context.js';
import { type Access, accessOf, refusalOf } from './policy.js';
import { changed, type ReferenceRead, shown } from './target.js';
import { readWeb } from './web.js';

const { open, realpath, stat } = disk.promises;

type ByFunction = Extract<Access, { kind: 'function' }>;

/** Sizes that the manifest doesn't tell, learned from the first read. */
const MOST_SIZES = 10_000;

/** Reads content that lies outside of W&B, as far as the user's options allow it. */
export class ReferenceReading {
  // A size of 1 each: `max` would set aside memory for all entries at once.
  private readonly sizes = new LRUCache<string, number>({ maxSize: MOST_SIZES, sizeCalculation: () => 1 });

  constructor(private readonly context: ArtifactsContext) {}

  /** Rejects with EACCES where no option allows it, EBADMSG where it isn't what the version recorded. */
  async read(request: ReferenceRead): Promise<Content> {
    const { uri } = request;
    const { references } = this.context.artifacts;
    const access = accessOf(uri, references);
    if (!access) throw new Failure('EACCES', refusalOf(uri, references));
    if (access.kind === 'web') return readWeb(this.context.transfers, references, request);
    if (access.kind === 'file') return fromFile(request, access.directory);
    return this.fromFunction(request, access);
  }

  private async fromFunction(
    { uri, size: listed, span, signal }: ReferenceRead,
    access: ByFunction,
  ): Promise<Content> {
    const size = listed ?? this.sizes.get(uri) ?? null;
    if (size === null) {
      // Fewer bytes than were asked for is all that tells where the content ends.
      const whole = await called(access, uri, { start: 0, end: MOST_UNKNOWN_BYTES }, signal);
      this.sizes.set(uri, whole.byteLength);
      return { bytes: whole.slice(span.start, span.end), etag: null, size: whole.byteLength };
    }
    const end = Math.min(size, span.end);
    const bytes = await called(access, uri, { start: span.start, end }, signal);
    if (bytes.byteLength < end - span.start) {
      throw changed(uri, `${bytes.byteLength} bytes from ${span.start} on, of ${size} in all`);
    }
    return { bytes, etag: null, size };
  }
}

/** In memory of its own. Rejects with ECANCELED, without waiting for the function, when the caller leaves. */
async function called(
  { scheme, reader }: ByFunction,
  uri: string,
  range: Span,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const option = `\`references.${scheme}\``;
  const reading = (async (): Promise<unknown> => {
    try {
      return await reader(uri, range);
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw new Failure('EIO', `${option} failed to read ${shown(uri)}.`, String(error));
    }
  })();
  const bytes = await unlessAborted(reading, signal);
  // By shape: arrays of another realm are no instances of this one's class.
  if (!ArrayBuffer.isView(bytes) || Object.prototype.toString.call(bytes) !== '[object Uint8Array]') {
    throw new Failure('EIO', `${option} must resolve with a Uint8Array; it didn't for ${shown(uri)}.`);
  }
  if (bytes.byteLength > range.end - range.start) {
    throw new Failure(
      'EIO',
      `${option} was asked for ${range.end - range.start} bytes of ${shown(uri)} and brought ${bytes.byteLength}.`,
    );
  }
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength).slice();
}

async function fromFile({ uri, size, span }: ReferenceRead, directory: string): Promise<Content> {
  try {
    const file = await pathBelow(uri, directory);
    const handle = await open(file, 'r');
    try {
      const stats = await handle.stat();
      if (size !== null && stats.size !== size) throw changed(uri, `${stats.size} bytes, not ${size}`);
      const bytes = await readSpan(handle, span.start, Math.max(span.start, Math.min(span.end, stats.size)));
      if (!bytes) throw changed(uri, 'it became shorter');
      return { bytes, etag: null, size: stats.size };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const reason = errnoOf(error);
    if (error instanceof Failure || reason === null) throw error;
    throw new Failure('EIO', `The file behind ${shown(uri)} can't be read.`, reason);
  }
}

/** The real path of a file below the directory that the user allows; links must not lead out of it. */
async function pathBelow(uri: string, directory: string): Promise<string> {
  const outside = (): Failure =>
    new Failure(
      'EACCES',
      `${shown(uri)} isn't below ${directory}, where the option \`references.file\` allows references to lead.`,
    );
  let named: string;
  try {
    named = fileURLToPath(uri);
  } catch (error) {
    throw new Failure('EACCES', `${shown(uri)} names no file of this machine.`, String(error));
  }
  const root = await realpath(directory);
  const real = await realpathOrNull(named);
  if (real === null && !isBelow(named, directory) && !isBelow(named, root)) throw outside();
  if (real === null) throw new Failure('EIO', `There is no file (any more) at ${shown(uri)}.`);
  if (!isBelow(real, root)) throw outside();
  // Opening a pipe would wait for a writer.
  if (!(await stat(real)).isFile()) throw new Failure('EIO', `${shown(uri)} isn't a file.`);
  return real;
}

async function realpathOrNull(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    // Nothing there, or no way to it.
    if (errnoOf(error) !== null) return null;
    throw error;
  }
}

function isBelow(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way !== '' && !isAbsolute(way) && way.split(/[/\\]/)[0] !== '..';
}
