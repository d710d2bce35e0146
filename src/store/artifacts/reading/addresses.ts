import type { Failure } from '../../../contract/failure.js';
import {
  ArtifactFileAddressesDocument,
  type ArtifactFileRowFragment,
  MembershipFileAddressesDocument,
} from '../../../wire/generated.js';
import { type Address, AddressBook } from '../../common/content.js';
import { rowsOfNames } from '../../common/rows.js';
import { TurnBatch } from '../../common/turn-batch.js';
import type { Version } from '../listing/version-queries.js';
import type { ArtifactsContext } from '../parts.js';

interface Item {
  readonly version: Version;
  readonly name: string;
}

/** A version's files never change, so one address is as good as another. */
const ONLY_VERSION = '';

/** The URLs of the files of versions, asked for in batches by name. */
export class Addresses {
  private readonly book: AddressBook;
  private readonly batch: TurnBatch<Item, ArtifactFileRowFragment | null>;

  constructor(private readonly context: ArtifactsContext) {
    this.book = new AddressBook(context.client.api.clock);
    this.batch = new TurnBatch({
      ask: (_, items, signal) => this.fetch(items, signal),
      keyOf: ({ name }) => name,
      canJoinLate: true,
    });
  }

  remember({ id }: Version, row: ArtifactFileRowFragment): void {
    if (isReferenceRow(row)) return;
    this.book.remember(keyOf(id, row.name), ONLY_VERSION, { direct: row.directUrl, api: row.url });
  }

  /** The address that is known and fresh, if any. */
  peek({ id }: Version, name: string): Address | null {
    return this.book.peek(keyOf(id, name), ONLY_VERSION);
  }

  /** Asks for a new address; null: the version has no such file, or it is a reference. */
  async renew(version: Version, name: string, signal: AbortSignal | undefined): Promise<Address | null> {
    this.book.forget(keyOf(version.id, name));
    const row = await this.batch.add(groupOf(version), { version, name }, signal);
    if (row) this.remember(version, row);
    return this.peek(version, name);
  }

  private async fetch(
    items: readonly Item[],
    signal: AbortSignal,
  ): Promise<readonly (ArtifactFileRowFragment | null | Failure)[]> {
    const [first] = items;
    if (!first) return [];
    const names = items.map(({ name }) => name);
    return this.context.sizes.each('names', names, async (batch) => {
      const rows = await rowsOfNames(batch, (left) => this.rowsOf(first.version, left, signal));
      return batch.map((name) => rows.get(name) ?? null);
    });
  }

  private async rowsOf(version: Version, names: readonly string[], signal: AbortSignal) {
    const { client } = this.context;
    const options = this.context.sized(names.length, signal);
    const page = { names, first: names.length };
    if (!version.isMembership) {
      const variables = { id: version.id, ...page };
      return (await client.run(ArtifactFileAddressesDocument, variables, options)).artifact?.files;
    }
    const { entity, project, collection, name: alias } = version;
    const variables = { entity, project, collection, alias, ...page };
    const answer = await client.run(MembershipFileAddressesDocument, variables, options);
    return answer.project?.artifactCollection?.artifactMembership?.files;
  }
}

/** Both addresses of a reference are its URI. */
const isReferenceRow = ({ url, directUrl }: ArtifactFileRowFragment): boolean => url === directUrl;

const keyOf = (id: string, name: string): string => `${id}\0${name}`;

/** The same version may be reached in several collections, with other rights. */
const groupOf = ({ id, isMembership, collectionId }: Version): string =>
  isMembership ? `${id} in ${collectionId}` : id;
