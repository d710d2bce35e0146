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

/** Deletes versions, collections and projects, as far as the user allowed it; in portfolios versions are unlinked. */
export class Deletion {
  constructor(private readonly context: ArtifactsContext) {}

  async rmdir(path: TreePath, { signal }: Signalled): Promise<void> {
    const { names, file } = placeOf(path);
    const [entity, project] = names;
    if (file !== null) {
      throw new Failure('EROFS', 'A version never changes; make another one without these files.');
    }
    if (names.length === UNIT_DEPTH) return this.deleteVersion(path, signal);
    if (names.length === UNIT_DEPTH - 1) return this.deleteCollection(path, signal);
    if (names.length === 2 && entity !== undefined && project !== undefined) {
      const place = await this.context.organizations.serverName({ entity, project }, signal);
      return deleteProject(this.context.client, [place.entity, place.project], signal);
    }
    throw new Failure(
      'EPERM',
      names.length === 3
        ? 'Artifact types stay; delete their collections one by one.'
        : 'Entities are deleted on the W&B website.',
    );
  }

  private async deleteVersion(path: TreePath, signal: AbortSignal | undefined): Promise<void> {
    const { client } = this.context;
    const { allowDelete } = client.config;
    if (!allowDelete.includes('aliasedVersion')) assertDeletable(client, 'version');
    const { collection, name } = memberAt(path);
    if (!isVersionName(name)) throw new Failure('ENOTDIR', `'${name}' is an alias; remove it with unlink.`);
    const place = await this.context.organizations.serverName(collection, signal);
    const { id, container, isLinked, aliases } = await this.findVersion(place, name, signal);
    const isForced = allowDelete.includes('aliasedVersion');
    if (!isForced && aliases.length > 0) {
      throw new Failure(
        'EPERM',
        `'${name}' has the aliases ${aliases.map((alias) => `'${alias}'`).join(', ')}: unlink them, or allow \`allowDelete: ['aliasedVersion']\`.`,
      );
    }
    if (isLinked) return this.unlink(id, container, signal);
    await step(`Deleting '${name}' failed`, () =>
      onceOrGone((onRetry) =>
        client.run(DeleteArtifactDocument, { id, deleteAliases: isForced }, { signal, onRetry }),
      ),
    );
  }

  private async findVersion(
    place: CollectionName,
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
    const { entity, project, collection } = place;
    const variables = { entity, project, name: `${collection}:${name}` };
    const answer = await this.context.client.run(FindDeletableDocument, variables, { signal });
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

  private async unlink(
    artifactID: string,
    portfolioID: string,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { client } = this.context;
    await step('Unlinking the version failed', async () => {
      const answer = await onceOrGone((onRetry) =>
        client.run(UnlinkArtifactDocument, { artifactID, portfolioID }, { signal, onRetry }),
      );
      if (answer && !answer.unlinkArtifact?.success)
        throw new Failure('EIO', "The server didn't unlink the version.");
    });
  }

  private async deleteCollection(path: TreePath, signal: AbortSignal | undefined): Promise<void> {
    const { client } = this.context;
    assertDeletable(client, 'collection');
    const place = await this.context.organizations.serverName(collectionAt(path), signal);
    const { project } = await client.run(FindCollectionDocument, place, { signal });
    const found = project?.artifactCollection;
    if (found?.state !== 'READY' || found.defaultArtifactType.name !== place.type)
      throw new Failure('ENOENT');
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
}
