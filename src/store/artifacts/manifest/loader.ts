import { LRUCache } from 'lru-cache';
import { Failure } from '../../../contract/failure.js';
import type { TreePath } from '../../../contract/tree-path.js';
import { FindManifestDocument, type ManifestAddressFragment } from '../../../wire/generated.js';
import { AddressBook, download } from '../../common/content.js';
import { sharedLoads } from '../../common/turn-batch.js';
import type { Version } from '../listing/version-queries.js';
import type { Versions } from '../listing/versions.js';
import type { ArtifactsContext } from '../parts.js';
import { placeOf } from '../places.js';
import { type Manifest, type ManifestEntry, MOST_MANIFEST_BYTES, parseManifest, tooLarge } from './format.js';

const MOST_BYTES = 256 * 1024 * 1024;
/** A manifest never changes, and so every address of one leads to the same. */
const ONLY_VERSION = '';

/** The manifests of versions, by the version's global id. They never change, and are kept while there is memory. */
export class Manifests {
  private readonly kept = new LRUCache<string, Manifest>({
    maxSize: MOST_BYTES,
    // One that is larger than all the memory is kept alone.
    sizeCalculation: ({ weight }) => Math.min(MOST_BYTES, weight + 1),
  });
  private readonly addresses: AddressBook;
  private readonly load = sharedLoads<Manifest>((id, signal) => this.fetch(id, signal));

  constructor(private readonly context: ArtifactsContext) {
    this.addresses = new AddressBook(context.client.api.clock);
  }

  /** What is in memory, if anything. */
  peek(id: string): Manifest | null {
    return this.kept.get(id) ?? null;
  }

  /** Rejects with ENOENT for an artifact that isn't there, EPROTO or EFBIG for a manifest that can't be read. */
  async get(id: string, signal: AbortSignal | undefined): Promise<Manifest> {
    return this.kept.get(id) ?? (await this.load(id, signal));
  }

  /** Another request brought the address along: reading the manifest is then one GET. */
  learn(id: string, facts: Partial<ManifestAddressFragment>): void {
    const direct = facts.currentManifest?.file.directUrl;
    if (direct) this.addresses.remember(id, ONLY_VERSION, { direct, api: null });
  }

  private async fetch(id: string, signal: AbortSignal): Promise<Manifest> {
    const source = {
      peek: () => this.addresses.peek(id, ONLY_VERSION),
      renew: async () => {
        const { artifact } = await this.context.client.run(FindManifestDocument, { id }, { signal });
        if (!artifact) throw new Failure('ENOENT');
        this.addresses.forget(id);
        this.learn(id, artifact);
        const address = this.addresses.peek(id, ONLY_VERSION);
        if (!address) throw new Failure('EPROTO', "The version has no manifest; it can't be read.");
        return address;
      },
      lastResort: async () => null,
    };
    const options = { start: 0, end: null, limit: MOST_MANIFEST_BYTES, etag: null, signal };
    const { bytes, size, isOverlong } = await download(this.context.transfers, source, options);
    if (isOverlong) throw tooLarge(size);
    const manifest = parseManifest(bytes);
    this.kept.set(id, manifest);
    return manifest;
  }
}

/** What a manifest tells of one file, and whose it is. */
interface FoundEntry {
  readonly version: Version;
  readonly manifest: Manifest;
  readonly entry: ManifestEntry;
}

/**
 * The manifest's entry behind a path of a version; null: there is none. Manifests that were read once cost no request.
 */
export async function findManifestEntry(
  { versions, manifests }: { readonly versions: Versions; readonly manifests: Manifests },
  path: TreePath,
  signal: AbortSignal | undefined,
): Promise<FoundEntry | null> {
  const { unit, file } = placeOf(path);
  const version = unit === null || file === null ? null : await versions.find(unit, signal);
  if (!version || file === null) return null;
  const manifest = await manifests.get(version.id, signal);
  const entry = manifest.entries.get(file);
  return entry ? { version, manifest, entry } : null;
}
