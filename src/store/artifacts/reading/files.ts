import type { Content, Entry } from '../../../contract/entry.js';
import { Failure } from '../../../contract/failure.js';
import { differs, type Span } from '../../common/content.js';
import type { ContentCache } from '../cache/objects.js';
import { contentNameOf, digestOf } from '../content.js';
import type { Versions } from '../listing/versions.js';
import type { Manifests } from '../manifest/loader.js';
import { placeOf } from '../places.js';
import type { ReferenceReading } from '../references/reading.js';
import type { Resolver, Whereabouts } from '../references/resolver.js';
import type { Addresses } from './addresses.js';
import type { StoredFile, StoredReading } from './stored.js';

interface Parts {
  readonly versions: Versions;
  readonly manifests: Manifests;
  readonly addresses: Addresses;
  readonly resolver: Resolver;
  readonly stored: StoredReading;
  readonly references: ReferenceReading;
  readonly cache: ContentCache | null;
}

/** Reads files of versions, wherever their content is. */
export class Reading {
  constructor(private readonly parts: Parts) {}

  async read(
    entry: Entry,
    span: Span,
    { etag, signal }: { readonly etag: string | null; readonly signal?: AbortSignal | undefined },
  ): Promise<Content> {
    if (signal?.aborted) throw new Failure('ECANCELED');
    const { size } = entry;
    if (size !== null && span.start >= Math.min(size, span.end)) {
      return { bytes: new Uint8Array(0), etag, size };
    }
    const content = contentNameOf(entry.version);
    const kept = content && size !== null ? await this.parts.cache?.read(content, size, span) : null;
    if (kept && size !== null) return { bytes: kept, etag, size };
    const where = await this.find(entry, signal);
    if ('name' in where) return this.parts.stored.read(where, span, { etag, signal });
    if (where.kind === 'nowhere') throw where.failure;
    const { uri, file } = where;
    const got = await this.parts.references.read({ uri, file, size, span, etag, signal });
    await verifyReference(entry, got);
    return got;
  }

  /** Versions never change: what isn't what was listed is broken. */
  async readNewest(): Promise<never> {
    throw new Failure('EBADMSG', 'The content differs from what the version recorded.');
  }

  async signedUrl(entry: Entry, signal: AbortSignal | undefined): Promise<string> {
    const { versions, manifests, addresses, resolver } = this.parts;
    const { unit, file: name } = placeOf(entry.origin ?? entry.path);
    const version = unit === null || name === null ? null : await versions.find(unit, signal);
    if (!version || name === null) throw new Failure('ENOENT', 'The version was removed on the server.');
    const own = await addresses.renew(version, name, signal);
    if (own) return own.direct;
    const file = (await manifests.get(version.id, signal)).entries.get(name);
    const where = file ? await resolver.follow(version, file, signal) : null;
    if (where?.kind === 'nowhere') throw where.failure;
    const there =
      where?.kind === 'stored' && where.file !== file
        ? await addresses.renew(where.version, where.file.path, signal)
        : null;
    if (!there) throw new Failure('ENOENT', 'The server has no address for it.');
    return there.direct;
  }

  /** A file whose address is known, or becomes known by its name, needs no manifest. */
  private async find(
    entry: Entry,
    signal: AbortSignal | undefined,
  ): Promise<StoredFile | Exclude<Whereabouts, { kind: 'stored' }>> {
    const { versions, manifests, addresses, resolver } = this.parts;
    const { unit, file: name } = placeOf(entry.origin ?? entry.path);
    const version = unit === null || name === null ? null : await versions.find(unit, signal);
    if (!version || name === null) throw new Failure('ESTALE', 'The version was removed on the server.');
    const content = contentNameOf(entry.version);
    const { size } = entry;
    const isPlain =
      entry.kind === 'file' &&
      manifests.peek(version.id) === null &&
      (addresses.peek(version, name) ?? (await addresses.renew(version, name, signal))) !== null;
    if (isPlain) return { version, name, content, size };
    const file = (await manifests.get(version.id, signal)).entries.get(name);
    if (!file) throw new Failure('ESTALE', 'The version has no such file.');
    const where = await resolver.follow(version, file, signal);
    if (where.kind !== 'stored') return where;
    return { version: where.version, name: where.file.path, content, size: size ?? where.file.size };
  }
}

async function verifyReference({ version }: Entry, { bytes, size }: Content): Promise<void> {
  const content = contentNameOf(version);
  if (!content || bytes.byteLength !== size) return;
  if ((await digestOf(bytes, content.algorithm)) !== content.digest) throw differs('MD5 mismatch');
}
