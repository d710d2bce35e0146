import { Failure } from '../../../contract/failure.js';
import { AddAliasesDocument, DeleteAliasesDocument } from '../../../wire/generated.js';
import { isWireFailure } from '../../../wire/wire-failure.js';
import type { StoreContext } from '../../common/context.js';
import type { CollectionName } from '../places.js';
import { failedAt } from './failures.js';

/** Aliases of a collection, and the version of it that they are of. */
export interface AliasChange {
  readonly place: CollectionName;
  readonly artifactId: string;
  readonly aliases: readonly string[];
}

type Change = (context: StoreContext, change: AliasChange, signal: AbortSignal | undefined) => Promise<void>;

/** Makes aliases of a collection point to a version of it, away from whatever they pointed to. */
export const addAliases: Change = ({ client }, change, signal) =>
  unlessProtected(change.aliases, CHANGING, async () => {
    const { addAliases: answer } = await client.run(AddAliasesDocument, variablesOf(change), { signal });
    if (!answer?.success) throw new Failure('EIO', "The server didn't set the aliases.");
  });

/** Removes aliases of a collection from the version that they point to. */
export const deleteAliases: Change = ({ client }, change, signal) =>
  unlessProtected(change.aliases, CHANGING, async () => {
    const { deleteAliases: answer } = await client.run(DeleteAliasesDocument, variablesOf(change), {
      signal,
    });
    if (!answer?.success) throw new Failure('EIO', "The server didn't remove the aliases.");
  });

const CHANGING = 'Changing aliases failed';

const variablesOf = ({ place, artifactId, aliases }: AliasChange) => ({
  artifactID: artifactId,
  aliases: aliases.map((alias) => ({
    entityName: place.entity,
    projectName: place.project,
    artifactCollectionName: place.collection,
    alias,
  })),
});

/** Aliases of a registry can be protected: only its administrators move them. */
export async function unlessProtected<T>(
  aliases: readonly string[],
  name: string,
  change: () => Promise<T>,
): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (isWireFailure(error) && error.reason === 'protected alias') {
      const names = aliases.map((alias) => `'${alias}'`).join(', ');
      throw new Failure(
        'EACCES',
        `Of ${names} one is a protected alias, which only administrators of the registry change.`,
        error.cause,
      );
    }
    throw failedAt(name, error);
  }
}
