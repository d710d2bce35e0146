import { AddAliasesDocument, DeleteAliasesDocument } from '../../../wire/generated.js';
import { isWireFailure } from '../../../wire/wire-failure.js';
import type { StoreContext } from '../../common/context.js';
import { Failure } from '../../failure.js';
import type { CollectionName } from '../places.js';
import { failedAt } from './failures.js';

const inputsOf = ({ entity, project, collection }: CollectionName, aliases: readonly string[]) =>
  aliases.map((alias) => ({
    entityName: entity,
    projectName: project,
    artifactCollectionName: collection,
    alias,
  }));

/** Makes aliases of a collection point to a version of it, away from whatever they pointed to. */
export async function addAliases(
  { client }: StoreContext,
  place: CollectionName,
  artifactId: string,
  aliases: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const variables = { artifactID: artifactId, aliases: inputsOf(place, aliases) };
  await unlessProtected(aliases, 'Changing aliases failed', async () => {
    const { addAliases: answer } = await client.run(AddAliasesDocument, variables, { signal });
    if (!answer?.success) throw new Failure('EIO', "The server didn't set the aliases.");
  });
}

/** Removes aliases of a collection from the version that they point to. */
export async function deleteAliases(
  { client }: StoreContext,
  place: CollectionName,
  artifactId: string,
  aliases: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const variables = { artifactID: artifactId, aliases: inputsOf(place, aliases) };
  await unlessProtected(aliases, 'Changing aliases failed', async () => {
    const { deleteAliases: answer } = await client.run(DeleteAliasesDocument, variables, { signal });
    if (!answer?.success) throw new Failure('EIO', "The server didn't remove the aliases.");
  });
}

/** Aliases of a registry can be protected: only its administrators move them. */
export async function unlessProtected<T>(
  aliases: readonly string[],
  name: string,
  change: () => Promise<T>,
): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (isWireFailure(error) && /protected/i.test(error.cause ?? '')) {
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
