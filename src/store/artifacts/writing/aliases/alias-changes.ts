import { Failure } from '../../../../contract/failure.js';
import { AddAliasesDocument, DeleteAliasesDocument } from '../../../../wire/generated.js';
import { isWireFailure } from '../../../../wire/wire-failure.js';
import type { StoreContext } from '../../../common/context.js';
import type { CollectionName } from '../../places.js';
import { failedAt } from '../failures.js';

type Change = (
  context: StoreContext,
  collection: CollectionName,
  artifactId: string,
  aliases: readonly string[],
  signal: AbortSignal | undefined,
) => Promise<void>;

/** Makes aliases of a collection point to a version of it, away from whatever they pointed to. */
export const addAliases: Change = ({ client }, collection, artifactId, aliases, signal) =>
  unlessProtected(aliases, 'Changing aliases failed', async () => {
    const variables = variablesOf(collection, artifactId, aliases);
    const { addAliases: answer } = await client.run(AddAliasesDocument, variables, { signal });
    if (!answer?.success) throw new Failure('EIO', "The server didn't set the aliases.");
  });

/** Removes aliases of a collection from the version that they point to. */
export const deleteAliases: Change = ({ client }, collection, artifactId, aliases, signal) =>
  unlessProtected(aliases, 'Changing aliases failed', async () => {
    const variables = variablesOf(collection, artifactId, aliases);
    const { deleteAliases: answer } = await client.run(DeleteAliasesDocument, variables, { signal });
    if (!answer?.success) throw new Failure('EIO', "The server didn't remove the aliases.");
  });

const variablesOf = (
  { entity, project, collection }: CollectionName,
  artifactID: string,
  aliases: readonly string[],
) => ({
  artifactID,
  aliases: aliases.map((alias) => ({
    entityName: entity,
    projectName: project,
    artifactCollectionName: collection,
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
