import { Failure } from '../../../../contract/failure.js';
import { CollectionDigestAlgorithmDocument, FindCollectionDocument } from '../../../../wire/generated.js';
import type { StoreContext } from '../../../common/context.js';
import type { DigestAlgorithm } from '../../content.js';
import { isRegistry } from '../../listing/organizations.js';
import { checkNewCollection, checkNewType, invalid } from '../../names.js';
import type { CollectionName } from '../../places.js';
import { step } from '../failures.js';
import { DIGEST_FEATURE } from '../files/declaration.js';

const LINKS_ONLY =
  'holds links to versions of other collections: commit to one of those, and link its version with symlink.';

/** Rejects, before anything is made, where no version of that kind can come to be in the collection. */
export async function checkCollection(
  context: StoreContext,
  place: CollectionName,
  algorithm: DigestAlgorithm,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { project: projectName, type, collection } = place;
  if (isRegistry(projectName)) throw new Failure('EPERM', `A registry ${LINKS_ONLY}`);
  await step('Looking the collection up failed', async () => {
    const { project } = await context.client.run(FindCollectionDocument, place, { signal });
    if (!project) throw new Failure('ENOENT', `There is no project '${projectName}'; make it with mkdir.`);
    const found = project.artifactCollection;
    if (found?.state === 'READY') {
      if (found.__typename === 'ArtifactPortfolio')
        throw new Failure('EPERM', `'${collection}' ${LINKS_ONLY}`);
      const { name } = found.defaultArtifactType;
      if (name !== type) {
        throw invalid(
          `'${collection}' holds artifacts of type '${name}', not '${type}'; commit to it there.`,
        );
      }
    } else {
      checkNewCollection(collection);
      if (!project.artifactType) checkNewType(type);
    }
    if (algorithm !== 'md5') await checkAlgorithm(context, place, signal);
  });
}

/** A collection keeps to the digests of its first version, or no version would ever equal another. */
async function checkAlgorithm(
  { client, features }: StoreContext,
  { entity, project, collection }: CollectionName,
  signal: AbortSignal | undefined,
): Promise<void> {
  const answer = (await features.has(DIGEST_FEATURE))
    ? await client.run(CollectionDigestAlgorithmDocument, { entity, project, collection }, { signal })
    : null;
  if (!answer?.entity?.xxhashDigestsEnabled) {
    throw new Failure(
      'ENOTSUP',
      `The server takes no XXH128 digests of '${entity}'; commit without \`digestAlgorithm\`.`,
    );
  }
  const found = answer.project?.artifactCollection;
  if (found?.__typename === 'ArtifactSequence' && found.digestAlgorithm === 'MANIFEST_MD5') {
    throw invalid(`The digests of '${collection}' are MD5s; commit to it without \`digestAlgorithm\`.`);
  }
}
