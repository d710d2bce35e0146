import type { Content } from '../../../contract/entry.js';
import type { Download, DownloadOptions } from '../../../wire/transfer/transfer.js';
import { download, readListed, type Span } from '../../common/content.js';
import type { ContentCache } from '../cache/objects.js';
import { type ContentName, digestOf, hexOf } from '../content.js';
import type { Version } from '../listing/version-queries.js';
import type { Manifests } from '../manifest/loader.js';
import type { ArtifactsContext } from '../parts.js';
import type { Addresses } from './addresses.js';

export interface StoredFile {
  readonly version: Version;
  /** The server's name of the file in that version. */
  readonly name: string;
  /** Null: nobody knows what the bytes must be. */
  readonly content: ContentName | null;
  readonly size: number | null;
}

/** Reads content that W&B stores, by signed URLs or by the API's own address; what was verified goes into the cache. */
export class StoredReading {
  constructor(
    private readonly context: ArtifactsContext,
    private readonly manifests: Manifests,
    private readonly addresses: Addresses,
    private readonly cache: ContentCache | null,
  ) {}

  async read(
    file: StoredFile,
    span: Span,
    { etag, signal }: { readonly etag: string | null; readonly signal: AbortSignal | undefined },
  ): Promise<Content> {
    const { content, size, name } = file;
    const isListed =
      content && (async (all: Uint8Array) => (await digestOf(all, content.algorithm)) === content.digest);
    const listed = { size, isListed, mismatch: `${content?.algorithm} mismatch of ${name}` };
    const { isAll, ...got } = await readListed(listed, span, (wanted) =>
      this.fetch(file, { ...wanted, etag, signal }),
    );
    if (content && isAll === true) await this.cache?.add(content, got.bytes);
    if (content && isAll === false) await this.cache?.addRange(content, got.size, span.start, got.bytes);
    return got;
  }

  private fetch(
    { version, name }: StoredFile,
    options: Omit<DownloadOptions, 'isApiAddress'>,
  ): Promise<Download> {
    const { signal } = options;
    const source = {
      peek: () => this.addresses.peek(version, name),
      renew: () => this.addresses.renew(version, name, signal),
      lastResort: async ({ api }: { readonly api: string | null }, isStorageReached: boolean) => {
        // A manifest that isn't here comes from the same storage.
        const hasManifest = isStorageReached || this.manifests.peek(version.id) !== null;
        return hasManifest || api === null ? ((await this.apiAddress(version, name, signal)) ?? api) : api;
      },
    };
    return download(this.context.transfers, source, options);
  }

  /** Where the API serves the content itself (protocol section 6.4); null: the manifest doesn't say enough. */
  private async apiAddress(
    version: Version,
    name: string,
    signal: AbortSignal | undefined,
  ): Promise<string | null> {
    const { layout, region, entries } = await this.manifests.get(version.id, signal);
    const entry = entries.get(name);
    if (!entry || entry.ref !== null) return null;
    const { entity, project, collection, id } = version;
    const hex = hexOf(entry.digest);
    const { client, features } = this.context;
    if (layout === 'V1') return client.address(`/artifacts/${quoted(entity)}/${hex}`);
    const birth = entry.birthArtifactId;
    if (birth === null) return null;
    const hasId = await features.has('ARTIFACT_V2_DOWNLOAD_HANDLER_SUPPORTS_ARTIFACT_ID');
    const segments = [region, entity, project, collection, ...(hasId ? [id] : []), birth];
    const basename = encodeURIComponent(name.slice(name.lastIndexOf('/') + 1));
    return client.address(`/artifactsV2/${segments.map(quoted).join('/')}/${hex}/${basename}`);
  }
}

/** As the SDK quotes: slashes stay. */
const quoted = (segment: string): string => segment.split('/').map(encodeURIComponent).join('/');
