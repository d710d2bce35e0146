import { randomInt } from 'node:crypto';
import { Failure } from '../../../../contract/failure.js';
import { CreateArtifactDocument, type CreateArtifactMutation } from '../../../../wire/generated.js';
import type { StoreContext } from '../../../common/context.js';
import type { CollectionName } from '../../places.js';
import { algorithmName } from '../files/declaration.js';
import type { CheckedOptions } from './options.js';
import type { Plan } from './plan.js';

export type CreatedArtifact = NonNullable<CreateArtifactMutation['createArtifact']>['artifact'];

const CLIENT_ID_CHARACTERS = 128;

/** A draft about to become known to the server. Its ids stay the same when it is told again. */
export const newArtifact = (place: CollectionName, plan: Plan, options: CheckedOptions) => ({
  place,
  plan,
  options,
  clientId: randomId(CLIENT_ID_CHARACTERS),
  sequenceClientId: randomId(CLIENT_ID_CHARACTERS),
});

export type NewArtifact = ReturnType<typeof newArtifact>;

/**
 * Makes a version that nobody sees before it is committed, or finds the one that has the same content.
 *
 * Only whole versions are compared by digest: the digest of an increment, or of one contribution among others, isn't
 * that of the version, and what happens to have the same one must not be taken for it.
 */
export async function createArtifact(
  { client }: StoreContext,
  { place, plan, options, clientId, sequenceClientId }: NewArtifact,
  run: string,
  signal: AbortSignal | undefined,
): Promise<CreatedArtifact> {
  const { aliases, tags, description, metadata, ttl, distributedId, isIncremental } = options;
  const isWhole = !isIncremental && distributedId === null;
  const input = {
    entityName: place.entity,
    projectName: place.project,
    artifactTypeName: place.type,
    artifactCollectionName: place.collection,
    runName: run,
    digest: plan.digest,
    digestAlgorithm: algorithmName(plan.algorithm),
    description,
    metadata,
    aliases: aliases.map((alias) => ({ artifactCollectionName: place.collection, alias })),
    ...(tags.length > 0 && { tags: tags.map((tagName) => ({ tagName })) }),
    ttlDurationSeconds: ttl,
    enableDigestDeduplication: isWhole,
    distributedID: distributedId,
    clientID: clientId,
    sequenceClientID: sequenceClientId,
    storageRegion: plan.region,
  };
  const { createArtifact: created } = await client.run(CreateArtifactDocument, { input }, { signal });
  if (!created) throw new Failure('EPROTO', "The server didn't answer with the version.");
  const { artifact } = created;
  if (artifact.state !== 'COMMITTED' || isWhole) return artifact;
  if (distributedId !== null) {
    throw new Failure(
      'EEXIST',
      `The version of \`distributedId\` '${distributedId}' is finished already; choose another id.`,
    );
  }
  throw new Failure('EPROTO', 'The server took an increment for a whole version.');
}

const CHARACTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Random characters [a-z0-9], as the SDK makes the ids of its runs (8) and of its artifacts (128). */
export const randomId = (length: number): string =>
  Array.from({ length }, () => CHARACTERS[randomInt(CHARACTERS.length)]).join('');
