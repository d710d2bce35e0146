import type { Entry } from '../../contract/entry.js';
import type { Failure } from '../../contract/failure.js';
import type { TreePath } from '../../contract/tree-path.js';
import { FileAddressesDocument, type FileRowFragment, type FileUrlsFragment } from '../../wire/generated.js';
import { type Address, AddressBook } from '../common/content/address-book.js';
import { rowsOfNames } from '../common/levels/nodes.js';
import { TurnBatch } from '../common/turn-batch.js';
import type { RunsContext } from './context.js';
import { placeOf, type RunName } from './places.js';

/** The URLs of run files, asked for in batches by name. */
export class Addresses {
  private readonly book: AddressBook;
  private readonly batch: TurnBatch<string, Address | null>;

  constructor(private readonly context: RunsContext) {
    this.book = new AddressBook(context.client.api.clock);
    this.batch = new TurnBatch({
      ask: (unit, names, signal) => this.fetch(unit, names, signal),
      keyOf: (name) => name,
      canJoinLate: true,
    });
  }

  remember(entry: Entry, urls: FileUrlsFragment): void {
    this.book.remember(entry.path, entry.version, { direct: urls.directUrl, api: urls.url ?? null });
  }

  /** The address that is known and fresh, if any. */
  peek(entry: Entry): Address | null {
    return this.book.peek(entry.path, entry.version);
  }

  /** Asks for a new address; null: the server has no such file. */
  async renew(entry: Entry, signal: AbortSignal | undefined): Promise<Address | null> {
    const { unit, file } = placeOf(entry.path);
    if (unit === null || file === null) return null;
    this.book.forget(entry.path);
    const address = await this.batch.add(unit, file, signal);
    if (address) this.book.remember(entry.path, entry.version, address);
    return address;
  }

  private async fetch(
    unit: TreePath,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly (Address | null | Failure)[]> {
    const { run } = placeOf(unit);
    if (!run) return names.map(() => null);
    return this.context.sizes.each('names', names, async (batch) => {
      const rows = await this.rowsOf(run, batch, signal);
      // Whether a row was finalised yet is no matter here: who asks knows of an upload, and the storage has its bytes.
      return batch.map((name) => {
        const row = rows.get(name);
        return row ? { direct: row.directUrl, api: row.url ?? null } : null;
      });
    });
  }

  /** The rows of names, in as many requests as the server cuts its pages. */
  rowsOf(
    run: RunName,
    names: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<string, FileRowFragment & FileUrlsFragment>> {
    return rowsOfNames(names, async (left) => {
      const variables = { ...run, names: left, first: left.length };
      const options = this.context.sized(left.length, signal);
      return (await this.context.client.run(FileAddressesDocument, variables, options)).project?.run?.files;
    });
  }
}
