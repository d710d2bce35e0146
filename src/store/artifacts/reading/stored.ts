import type { Content } from '../../../contract/entry.js';
import type { ReadOptions } from '../../../contract/store.js';
import type { Signalled } from '../../../contract/uploads.js';
import { download, readListed, type Span } from '../../common/content.js';
import { type ContentName, digestOf, hexOf } from '../content.js';
import type { ArtifactsContext } from '../context.js';
import type { VersionFile } from './addresses.js';

export interface StoredFile extends VersionFile {
  /** Null: nobody knows what the bytes must be. */
  readonly content: ContentName | null;
  readonly size: number | null;
}

/** Reads content that W&B stores, by signed URLs or by the API's own address; what was verified goes into the cache. */
export async function readStored(
  context: ArtifactsContext,
  file: StoredFile,
  span: Span,
  { etag, signal, isAhead }: ReadOptions & Signalled,
): Promise<Content> {
  const { content, size, name } = file;
  const { addresses, cache, manifests, transfers } = context;
  const source = {
    peek: () => addresses.peek(file),
    renew: () => addresses.renew(file, signal),
    lastResort: async ({ api }: { readonly api: string | null }, isStorageReached: boolean) => {
      // A manifest that isn't here comes from the same storage.
      const hasManifest = isStorageReached || manifests.peek(file.version.id) !== null;
      return hasManifest || api === null ? ((await apiAddress(context, file, signal)) ?? api) : api;
    },
  };
  const isListed =
    content && (async (all: Uint8Array) => (await digestOf(all, content.algorithm)) === content.digest);
  const listed = { size, isListed, mismatch: `${content?.algorithm} mismatch of ${name}` };
  const { isAll, ...got } = await readListed(listed, span, (wanted) =>
    download(transfers, source, { ...wanted, etag, signal, isAhead }),
  );
  if (content && isAll === true) await cache?.add(content, got.bytes);
  if (content && isAll === false) await cache?.addRange(content, got.size, span.start, got.bytes);
  return got;
}

/** Where the API serves the content itself (protocol section 6.4); null: the manifest doesn't say enough. */
async function apiAddress(
  { client, features, manifests }: ArtifactsContext,
  { version, name }: VersionFile,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const { layout, region, entries } = await manifests.get(version.id, signal);
  const entry = entries.get(name);
  if (!entry || entry.ref !== null) return null;
  const { entity, project, collection, id } = version;
  const hex = hexOf(entry.digest);
  if (layout === 'V1') return client.address(`/artifacts/${quoted(entity)}/${hex}`);
  const birth = entry.birthArtifactId;
  if (birth === null) return null;
  const hasId = await features.has('ARTIFACT_V2_DOWNLOAD_HANDLER_SUPPORTS_ARTIFACT_ID');
  const segments = [region, entity, project, collection, ...(hasId ? [id] : []), birth];
  const basename = encodeURIComponent(name.slice(name.lastIndexOf('/') + 1));
  return client.address(`/artifactsV2/${segments.map(quoted).join('/')}/${hex}/${basename}`);
}

/** As the SDK quotes: slashes stay. */
const quoted = (segment: string): string => segment.split('/').map(encodeURIComponent).join('/');
