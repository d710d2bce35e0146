import {
  type ArtifactFileRowFragment,
  type ListedVersionFragment,
  LookUpVersionByNameDocument,
  LookUpVersionDocument,
  type LookUpVersionQuery,
  type ManifestAddressFragment,
} from '../../../wire/generated.js';
import { isSchemaRefusal } from '../../common/context.js';
import { nodesOf, timeOf } from '../../common/rows.js';
import type { Manifests } from '../manifest/loader.js';
import type { ArtifactsContext } from '../parts.js';
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

type Project = NonNullable<LookUpVersionQuery['project']>;
type ArtifactType = NonNullable<Project['artifactType']>;
type Collection = Omit<NonNullable<ArtifactType['artifactCollection']>, 'artifactMembership'>;

/** What one look-up of a version brought; what stands above is told as far as it is there. */
export interface VersionAnswer {
  readonly project: Omit<Project, 'artifactType'>;
  readonly type: Omit<ArtifactType, 'artifactCollection'> | null;
  readonly collection: Collection | null;
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

const MEMBERSHIP_FILES = 'ARTIFACT_COLLECTION_MEMBERSHIP_FILES';

/** Looks up versions on the server, with what stands above them. */
export class VersionQueries {
  constructor(
    private readonly context: ArtifactsContext,
    private readonly manifests: Manifests,
  ) {}

  /** One request, whatever it asks for; null: there is no such project. */
  lookUp(
    collection: CollectionName,
    alias: string,
    wanted: Wanted,
    signal: AbortSignal | undefined,
  ): Promise<VersionAnswer | null> {
    return this.context.organizations.below(collection.entity, signal, async (entity) => {
      const answer = await this.request({ ...collection, entity }, alias, wanted, signal);
      return answer && withoutOthers(answer, collection.type, alias);
    });
  }

  private async request(
    collection: CollectionName,
    alias: string,
    wanted: Wanted,
    signal: AbortSignal | undefined,
  ): Promise<VersionAnswer | null> {
    const { features } = this.context;
    if (features.peek(MEMBERSHIP_FILES) !== false) {
      const answer = await this.byMembership(collection, alias, wanted, signal);
      if (answer !== undefined) return answer;
    }
    return this.byName(collection, alias, wanted, signal);
  }

  /** Undefined: the server doesn't have what this takes. The first answer brings the server's features along. */
  private async byMembership(
    collection: CollectionName,
    alias: string,
    wanted: Wanted,
    signal: AbortSignal | undefined,
  ): Promise<VersionAnswer | null | undefined> {
    const { client, features } = this.context;
    const hasFeatures = features.peek(MEMBERSHIP_FILES) === null;
    const variables = { ...collection, alias, ...variablesOf(wanted), hasFeatures };
    const options = this.context.sized(wanted.names.length, signal);
    try {
      const { serverInfo, project } = await client.run(LookUpVersionDocument, variables, options);
      if (hasFeatures) features.learn(serverInfo);
      if (!features.peek(MEMBERSHIP_FILES)) return undefined;
      if (!project) return null;
      const membership = project.artifactType?.artifactCollection?.artifactMembership;
      return this.answerOf(project, collection, {
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

  private async byName(
    collection: CollectionName,
    alias: string,
    wanted: Wanted,
    signal: AbortSignal | undefined,
  ): Promise<VersionAnswer | null> {
    const variables = { ...collection, version: `${collection.collection}:${alias}`, ...variablesOf(wanted) };
    const options = this.context.sized(wanted.names.length, signal);
    const { project } = await this.context.client.run(LookUpVersionByNameDocument, variables, options);
    if (!project) return null;
    const { artifact } = project;
    return this.answerOf(project, collection, {
      artifact,
      versionIndex: artifact?.versionIndex,
      aliases: aliasesIn(project.artifactType?.artifactCollection?.id ?? '', artifact?.aliases ?? []),
      rows: nodesOf(artifact?.files),
      isMembership: false,
    });
  }

  private answerOf(
    project: VersionAnswer['project'] & { readonly artifactType: TypeWithCollection | null },
    place: CollectionName,
    found: FoundArtifact,
  ): VersionAnswer {
    const { artifactType: type } = project;
    const collection = type?.artifactCollection ?? null;
    if (found.artifact) this.manifests.learn(found.artifact.id, found.artifact);
    return { project, type, collection, member: collection && memberOf(place, collection.id, found) };
  }
}

const variablesOf = ({ names, hasManifest }: Wanted) => ({
  names,
  first: Math.max(1, names.length),
  hasNames: names.length > 0,
  hasManifest,
});

type TypeWithCollection = NonNullable<VersionAnswer['type']> & {
  readonly artifactCollection: Collection | null;
};

/** What the server found by a name in a collection. */
interface FoundArtifact {
  readonly artifact: (ListedVersionFragment & Partial<ManifestAddressFragment>) | null | undefined;
  readonly versionIndex: number | null | undefined;
  readonly aliases: readonly string[];
  readonly rows: readonly ArtifactFileRowFragment[];
  readonly isMembership: boolean;
}

function memberOf(
  { entity, project, collection }: CollectionName,
  collectionId: string,
  { artifact, versionIndex, aliases, rows, isMembership }: FoundArtifact,
): Member | null {
  if (artifact?.state !== 'COMMITTED' || typeof versionIndex !== 'number') return null;
  const { id, createdAt } = artifact;
  const place = { entity, project, collection, collectionId, name: `v${versionIndex}` };
  return { version: { id, madeAtMs: timeOf(createdAt), ...place, isMembership }, artifact, aliases, rows };
}

/**
 * What isn't what the path says isn't there: a collection of another type, or a deleted one, and a version that the
 * server found by something that is neither its number nor one of its aliases (a digest, another case of letters).
 */
function withoutOthers(answer: VersionAnswer, type: string, alias: string): VersionAnswer {
  const { collection, member } = answer;
  if (collection?.state !== 'READY' || collection.defaultArtifactType.name !== type) {
    return { ...answer, collection: null, member: null };
  }
  const isMeant = member !== null && (member.version.name === alias || member.aliases.includes(alias));
  return isMeant ? answer : { ...answer, member: null };
}
