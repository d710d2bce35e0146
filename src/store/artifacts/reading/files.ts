import { CACHE_HITS, CACHE_MISSES } from '../../../contract/counters.js';
import type { Content, Entry } from '../../../contract/entry.js';
import { Failure } from '../../../contract/failure.js';
import type { ReadOptions } from '../../../contract/store.js';
import type { Signalled } from '../../../contract/uploads.js';
import type { Span } from '../../common/content.js';
import { differs } from '../../common/doubts.js';
import { contentNameOf, digestOf } from '../content.js';
import type { ArtifactsContext } from '../context.js';
import { placeOf } from '../places.js';
import type { Whereabouts } from '../references/resolver.js';
import { readStored, type StoredFile } from './stored.js';

/** Reads a file of a version, wherever its content is. */
export async function readFile(
  context: ArtifactsContext,
  entry: Entry,
  span: Span,
  { beside = [], etag, signal, isAhead }: ReadOptions & Signalled,
): Promise<Content> {
  if (signal?.aborted) throw new Failure('ECANCELED');
  const { size } = entry;
  if (size !== null && span.start >= Math.min(size, span.end)) {
    return { bytes: new Uint8Array(0), etag, size };
  }
  const content = contentNameOf(entry.version);
  if (context.cache && content && size !== null) {
    const kept = await context.cache.read(content, size, span);
    Atomics.add(context.client.api.meter.counts, kept ? CACHE_HITS : CACHE_MISSES, 1n);
    if (kept) return { bytes: kept, etag, size };
  }
  const where = await find(context, entry, beside, signal);
  if ('name' in where) return readStored(context, where, span, { etag, signal, isAhead });
  if (where.kind === 'nowhere') throw where.failure;
  const { uri, file } = where;
  const got = await context.references.read({ uri, file, size, span, etag, signal });
  if (content && got.bytes.byteLength === got.size) {
    if ((await digestOf(got.bytes, content.algorithm)) !== content.digest) throw differs('MD5 mismatch');
  }
  return got;
}

export async function signedUrl(
  context: ArtifactsContext,
  { origin, path }: Entry,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { versions, manifests, addresses, resolver } = context;
  const found = await versions.fileAt(origin ?? path, signal);
  if (!found) throw new Failure('ENOENT', 'The version was removed on the server.');
  const own = await addresses.renew(found, signal);
  if (own) return own.direct;
  const { version, name } = found;
  const file = (await manifests.get(version.id, signal)).entries.get(name);
  const where = file ? await resolver.follow(version, file, signal) : null;
  if (where?.kind === 'nowhere') throw where.failure;
  const there =
    where?.kind === 'stored' && where.file !== file
      ? await addresses.renew({ version: where.version, name: where.file.path }, signal)
      : null;
  if (!there) throw new Failure('ENOENT', 'The server has no address for it.');
  return there.direct;
}

/** A file whose address is known, or becomes known by its name, needs no manifest. */
async function find(
  { versions, manifests, addresses, resolver }: ArtifactsContext,
  entry: Entry,
  beside: readonly Entry[],
  signal: AbortSignal | undefined,
): Promise<StoredFile | Exclude<Whereabouts, { kind: 'stored' }>> {
  const found = await versions.fileAt(entry.origin ?? entry.path, signal);
  if (!found) throw new Failure('ESTALE', 'The version was removed on the server.');
  const { version, name } = found;
  const names = beside.flatMap(({ path }) => placeOf(path).file ?? []);
  addresses.expect(names.map((each) => ({ version, name: each })));
  const content = contentNameOf(entry.version);
  const { size } = entry;
  const isPlain =
    entry.kind === 'file' &&
    manifests.peek(version.id) === null &&
    (addresses.peek(found) ?? (await addresses.renew(found, signal))) !== null;
  if (isPlain) return { version, name, content, size };
  const file = (await manifests.get(version.id, signal)).entries.get(name);
  if (!file) throw new Failure('ESTALE', 'The version has no such file.');
  const where = await resolver.follow(version, file, signal);
  if (where.kind !== 'stored') return where;
  return { version: where.version, name: where.file.path, content, size: size ?? where.file.size };
}
