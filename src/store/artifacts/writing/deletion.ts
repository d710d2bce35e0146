import { Failure } from '../../../contract/failure.js';
import type { TreePath } from '../../../contract/tree-path.js';
import type { Signalled } from '../../../contract/uploads.js';
import {
  DeleteArtifactDocument,
  DeleteArtifactPortfolioDocument,
  DeleteArtifactSequenceDocument,
  FindCollectionDocument,
  FindDeletableDocument,
  UnlinkArtifactDocument,
} from '../../../wire/generated.js';
import { assertDeletable, deleteProject, onceOrGone } from '../../common/changes.js';
import type { ArtifactsContext } from '../context.js';
import { isVersionName } from '../names.js';
import { type CollectionName, collectionAt, memberAt, placeOf, UNIT_DEPTH } from '../places.js';
import { step } from './failures.js';

/** Deletes a version, a collection or a project, as far as the user allowed it; in portfolios versions are unlinked. */
export async function deleteDirectory(
  context: ArtifactsContext,
  path: TreePath,
  { signal }: Signalled,
): Promise<void> {
  const { names, file } = placeOf(path);
  const [entity, project] = names;
  if (file !== null) {
    throw new Failure('EROFS', 'A version never changes; make another one without these files.');
  }
  if (names.length === UNIT_DEPTH) return deleteVersion(context, path, signal);
  if (names.length === UNIT_DEPTH - 1) return deleteCollection(context, path, signal);
  if (names.length === 2 && entity !== undefined && project !== undefined) {
    const place = await context.organizations.serverName({ entity, project }, signal);
    return deleteProject(context.client, [place.entity, place.project], signal);
  }
  throw new Failure(
    'EPERM',
    names.length === 3
      ? 'Artifact types stay; delete their collections one by one.'
      : 'Entities are deleted on the W&B website.',
  );
}

async function deleteVersion(
  context: ArtifactsContext,
  path: TreePath,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { client } = context;
  const deleteAliases = client.config.allowDelete.includes('aliasedVersion');
  if (!deleteAliases) assertDeletable(client, 'version');
  const { collection, name } = memberAt(path);
  if (!isVersionName(name)) throw new Failure('ENOTDIR', `'${name}' is an alias; remove it with unlink.`);
  const place = await context.organizations.serverName(collection, signal);
  const { id, container, isLinked, aliases } = await findVersion(context, place, name, signal);
  if (!deleteAliases && aliases.length > 0) {
    throw new Failure(
      'EPERM',
      `'${name}' has the aliases ${aliases.map((alias) => `'${alias}'`).join(', ')}: unlink them, or allow \`allowDelete: ['aliasedVersion']\`.`,
    );
  }
  await step(isLinked ? 'Unlinking the version failed' : `Deleting '${name}' failed`, () =>
    onceOrGone(async (onRetry) => {
      const options = { signal, onRetry };
      if (isLinked) {
        const variables = { artifactID: id, portfolioID: container };
        const { unlinkArtifact } = await client.run(UnlinkArtifactDocument, variables, options);
        if (!unlinkArtifact?.success) throw new Failure('EIO', "The server didn't unlink the version.");
      } else {
        await client.run(DeleteArtifactDocument, { id, deleteAliases }, options);
      }
    }),
  );
}

async function findVersion(
  { client }: ArtifactsContext,
  { entity, project, collection }: CollectionName,
  name: string,
  signal: AbortSignal | undefined,
): Promise<{
  readonly id: string;
  /** The collection's id. */
  readonly container: string;
  readonly isLinked: boolean;
  /** Of a version that is linked elsewhere those in other collections too, behind their names. */
  readonly aliases: readonly string[];
}> {
  const variables = { entity, project, name: `${collection}:${name}` };
  const answer = await client.run(FindDeletableDocument, variables, { signal });
  const found = answer.project?.artifactCollectionMembership;
  if (!found?.artifact || !found.artifactCollection) throw new Failure('ENOENT');
  const { artifact, artifactCollection: container } = found;
  const isLinked = container.__typename === 'ArtifactPortfolio';
  const own = found.aliases.map(({ alias }) => alias);
  const others = artifact.aliases
    .filter(({ artifactCollection }) => artifactCollection && artifactCollection.id !== container.id)
    .map(({ alias, artifactCollection }) => `${artifactCollection?.name}:${alias}`);
  // Unlinking takes nothing from other collections.
  const aliases = (isLinked ? own : [...own, ...others]).filter(
    (alias) => !isVersionName(alias.slice(alias.indexOf(':') + 1)),
  );
  return { id: artifact.id, container: container.id, isLinked, aliases };
}

async function deleteCollection(
  { client, organizations }: ArtifactsContext,
  path: TreePath,
  signal: AbortSignal | undefined,
): Promise<void> {
  assertDeletable(client, 'collection');
  const place = await organizations.serverName(collectionAt(path), signal);
  const { project } = await client.run(FindCollectionDocument, place, { signal });
  const found = project?.artifactCollection;
  if (found?.state !== 'READY' || found.defaultArtifactType.name !== place.type) throw new Failure('ENOENT');
  const { id } = found;
  const isPortfolio = found.__typename === 'ArtifactPortfolio';
  await step(`Deleting '${place.collection}' failed`, () =>
    onceOrGone(async (onRetry) => {
      const options = { signal, onRetry };
      if (isPortfolio) await client.run(DeleteArtifactPortfolioDocument, { id }, options);
      else await client.run(DeleteArtifactSequenceDocument, { id }, options);
    }),
  );
}
