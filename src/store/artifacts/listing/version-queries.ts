import {
  type ArtifactFileRowFragment,
  type ArtifactTypeFactsFragment,
  type CollectionFactsFragment,
  type ListedVersionFragment,
  LookUpVersionByNameDocument,
  LookUpVersionDocument,
  type ManifestAddressFragment,
  type ProjectWithEntityFragment,
} from '../../../wire/generated.js';
import { isSchemaRefusal } from '../../common/context.js';
import { nodesOf, timeOf } from '../../common/rows.js';
import type { ArtifactsContext } from '../context.js';
import type { CollectionName } from '../places.js';
import { aliasesIn, aliasNames } from './entries.js';

/** A version, and where its files are asked for. */
export interface Version {
  /** Global. */
  readonly id: string;
  /** In milliseconds since the epoch. */
  readonly madeAtMs: number;
  /** The collection that it was found in, by the server's names: its own sequence, a portfolio or a registry. */
  readonly entity: string;
  readonly project: string;
  readonly collection: string;
  readonly collectionId: string;
  /** Its number in that collection, as `vN`. */
  readonly name: string;
  /** Does the server tell files of a member of a collection? Else they are asked for by the version's id. */
  readonly isMembership: boolean;
}

/** What one look-up of a version brought; what stands above it is told as far as it is there. */
export interface VersionAnswer {
  readonly project: ProjectWithEntityFragment;
  readonly type: ArtifactTypeFactsFragment | null;
  readonly collection: CollectionFactsFragment | null;
  readonly member: Member | null;
}

interface Member {
  readonly version: Version;
  readonly artifact: ListedVersionFragment;
  readonly aliases: readonly string[];
  /** Of the files asked for. */
  readonly rows: readonly ArtifactFileRowFragment[];
}

/** What a look-up is to bring along. */
interface Wanted {
  /** Files, with their URLs. */
  readonly names: readonly string[];
  /** The URL of the manifest; not where that is in memory, for the server takes time to sign it. */
  readonly hasManifest: boolean;
}

/** A name beside the versions of a collection: `vN` or an alias. */
type MemberName = CollectionName & { readonly alias: string };

const MEMBERSHIP_FILES = 'ARTIFACT_COLLECTION_MEMBERSHIP_FILES';

/** Looks up a version, with what stands above it: one request, whatever it asks for; null: there is no such project. */
export function lookUpVersion(
  context: ArtifactsContext,
  member: MemberName,
  wanted: Wanted,
  signal: AbortSignal | undefined,
): Promise<VersionAnswer | null> {
  return context.organizations.below(member.entity, signal, async (entity) => {
    const place = { ...member, entity };
    const isOld = context.features.peek(MEMBERSHIP_FILES) === false;
    const answer = isOld ? undefined : await byMembership(context, place, wanted, signal);
    const found = answer === undefined ? await byName(context, place, wanted, signal) : answer;
    return found && withoutOthers(found, place);
  });
}

/** Undefined: the server doesn't have what this takes. The first answer brings the server's features along. */
async function byMembership(
  context: ArtifactsContext,
  place: MemberName,
  wanted: Wanted,
  signal: AbortSignal | undefined,
): Promise<VersionAnswer | null | undefined> {
  const { features } = context;
  const hasFeatures = features.peek(MEMBERSHIP_FILES) === null;
  const variables = { ...place, ...variablesOf(wanted), hasFeatures };
  try {
    const { serverInfo, project } = await context.rows(LookUpVersionDocument, variables, signal);
    if (hasFeatures) features.learn(serverInfo);
    if (!features.peek(MEMBERSHIP_FILES)) return undefined;
    const membership = project?.artifactType?.artifactCollection?.artifactMembership;
    return answerOf(context, place, project, {
      artifact: membership?.artifact,
      versionIndex: membership?.versionIndex,
      aliases: aliasNames(membership?.aliases ?? []),
      rows: nodesOf(membership?.files),
      isMembership: true,
    });
  } catch (error) {
    // Old servers refuse fields that they don't have, whole documents with them.
    if (isSchemaRefusal(error) && !(await features.has(MEMBERSHIP_FILES))) return undefined;
    throw error;
  }
}

async function byName(
  context: ArtifactsContext,
  { alias, ...place }: MemberName,
  wanted: Wanted,
  signal: AbortSignal | undefined,
): Promise<VersionAnswer | null> {
  const variables = { ...place, version: `${place.collection}:${alias}`, ...variablesOf(wanted) };
  const { project } = await context.rows(LookUpVersionByNameDocument, variables, signal);
  const artifact = project?.artifact;
  return answerOf(context, place, project, {
    artifact,
    versionIndex: artifact?.versionIndex,
    aliases: aliasesIn(project?.artifactType?.artifactCollection?.id ?? '', artifact?.aliases ?? []),
    rows: nodesOf(artifact?.files),
    isMembership: false,
  });
}

const variablesOf = ({ names, hasManifest }: Wanted) => ({
  names,
  first: Math.max(1, names.length),
  hasNames: names.length > 0,
  hasManifest,
});

type ProjectWithCollection = ProjectWithEntityFragment & {
  readonly artifactType:
    | (ArtifactTypeFactsFragment & { readonly artifactCollection: CollectionFactsFragment | null })
    | null;
};

/** What the server found by a name in a collection. */
interface FoundArtifact extends Pick<Member, 'aliases' | 'rows'>, Pick<Version, 'isMembership'> {
  readonly artifact: (ListedVersionFragment & Partial<ManifestAddressFragment>) | null | undefined;
  readonly versionIndex: number | null | undefined;
}

function answerOf(
  { manifests }: ArtifactsContext,
  { entity, project: projectName, collection: name }: CollectionName,
  project: ProjectWithCollection | null,
  { artifact, versionIndex, aliases, rows, isMembership }: FoundArtifact,
): VersionAnswer | null {
  if (!project) return null;
  const { artifactType: type } = project;
  const collection = type?.artifactCollection ?? null;
  if (artifact) manifests.learn(artifact.id, artifact);
  if (!collection || artifact?.state !== 'COMMITTED' || typeof versionIndex !== 'number') {
    return { project, type, collection, member: null };
  }
  const version = {
    ...{ id: artifact.id, madeAtMs: timeOf(artifact.createdAt), name: `v${versionIndex}`, isMembership },
    ...{ entity, project: projectName, collection: name, collectionId: collection.id },
  };
  return { project, type, collection, member: { version, artifact, aliases, rows } };
}

/**
 * What isn't what the path says isn't there: a collection of another type, or a deleted one, and a version that the
 * server found by something that is neither its number nor one of its aliases (a digest, another case of letters).
 */
function withoutOthers(answer: VersionAnswer, { type, alias }: MemberName): VersionAnswer {
  const { collection, member } = answer;
  if (collection?.state !== 'READY' || collection.defaultArtifactType.name !== type) {
    return { ...answer, collection: null, member: null };
  }
  const isMeant = member !== null && (member.version.name === alias || member.aliases.includes(alias));
  return isMeant ? answer : { ...answer, member: null };
}
