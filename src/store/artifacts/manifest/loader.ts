import { LRUCache } from 'lru-cache';
import { Failure } from '../../../contract/failure.js';
import { FindManifestDocument, type ManifestAddressFragment } from '../../../wire/generated.js';
import { AddressBook, download } from '../../common/content.js';
import { sharedLoads } from '../../common/turn-batch.js';
import type { ArtifactsContext } from '../context.js';
import { type Manifest, MOST_MANIFEST_BYTES, parseManifest, tooLarge } from './format.js';

const MOST_BYTES = 256 * 1024 * 1024;

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
    if (direct) this.addresses.remember(id, { direct, api: null });
  }

  private async fetch(id: string, signal: AbortSignal): Promise<Manifest> {
    const source = {
      peek: () => this.addresses.peek(id),
      renew: async () => {
        const { artifact } = await this.context.client.run(FindManifestDocument, { id }, { signal });
        if (!artifact) throw new Failure('ENOENT');
        this.addresses.forget(id);
        this.learn(id, artifact);
        const address = this.addresses.peek(id);
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
