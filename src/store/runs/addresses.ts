import { LRUCache } from 'lru-cache';
import { FileAddressesDocument, type FileUrlsFragment } from '../../wire/generated.js';
import type { Entry, TreePath } from '../contract.js';
import type { RunsContext } from './context.js';
import { nodesOf } from './entries.js';
import { placeOf } from './places.js';
import { TurnBatch } from './turn-batch.js';

/** Where the content of a file is. */
export interface Address {
  /** Signed, at the storage; ends by itself. */
  readonly direct: string;
  /** At the API, which asks for credentials and redirects. */
  readonly api: string | null;
}

interface Known extends Address {
  readonly version: string;
  /** When the server signed it, in milliseconds. */
  readonly at: number;
}

const MOST_BYTES = 8 * 1024 * 1024;
const OVERHEAD = 256;
/** URLs of the service are good for an hour. */
const FRESH_MS = 50 * 60_000;

/**
 * The URLs of files, bounded in bytes. Signing is slow at the server, so they are asked for when content is wanted, in
 * batches by name, and kept while they are good.
 */
export class Addresses {
  private readonly known = new LRUCache<TreePath, Known>({
    maxSize: MOST_BYTES,
    sizeCalculation: ({ direct, api }) => direct.length + (api?.length ?? 0) + OVERHEAD,
  });
  private readonly batch: TurnBatch<string, Address | null>;

  constructor(private readonly context: RunsContext) {
    this.batch = new TurnBatch({
      ask: (unit, names, signal) => this.fetch(unit, names, signal),
      keyOf: (name) => name,
      canJoinLate: true,
    });
  }

  remember(entry: Entry, urls: FileUrlsFragment): void {
    const { directUrl: direct, url: api = null } = urls;
    this.known.set(entry.path, { direct, api, version: entry.version, at: this.now() });
  }

  /** The address that is known and fresh, if any. */
  peek(entry: Entry): Address | null {
    const known = this.known.get(entry.path);
    const isGood = known?.version === entry.version && this.now() - known.at < FRESH_MS;
    return isGood ? known : null;
  }

  /** Asks for a new address; null: the server has no such file. */
  async renew(entry: Entry, signal: AbortSignal | undefined): Promise<Address | null> {
    const { unit, file } = placeOf(entry.path);
    if (unit === null || file === null) return null;
    this.known.delete(entry.path);
    const address = await this.batch.add(unit, file, signal);
    if (address) this.known.set(entry.path, { ...address, version: entry.version, at: this.now() });
    return address;
  }

  private async fetch(
    unit: TreePath,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<(Address | null)[]> {
    const { client, sizes } = this.context;
    const { run } = placeOf(unit);
    if (!run) return names.map(() => null);
    const pages = await sizes.all('names', names, async (batch) => {
      const variables = { ...run, names: batch, first: batch.length };
      const { project } = await client.run(
        FileAddressesDocument,
        variables,
        this.context.sized(batch.length, signal),
      );
      return nodesOf(project?.run?.files);
    });
    const rows = new Map(pages.flat().map((row) => [row.name, row]));
    // Whether a row was finalised yet is no matter here: who asks knows of an upload, and the storage has its bytes.
    return names.map((name) => {
      const row = rows.get(name);
      return row ? { direct: row.directUrl, api: row.url ?? null } : null;
    });
  }

  private now(): number {
    return this.context.client.api.clock.now();
  }
}
