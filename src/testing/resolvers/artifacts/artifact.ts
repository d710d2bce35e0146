import { type Artifact, artifactId, type Membership } from '../../artifacts/records.js';
import { type ListArguments, type PageArguments, WHOLE } from '../../server/connections.js';
import { checkLimit } from '../../server/limits.js';
import type { Instance } from '../../world/instance.js';
import { dateTime, type NodeFields } from '../node.js';
import { sortedRuns } from '../run.js';
import { tagNodes } from './collection.js';
import { type ArtifactFilesArguments, artifactFileConnection, entryNode, manifestNode } from './file.js';

interface InCollection {
  readonly artifactCollectionName?: string | null;
}

const NEVER_ENDS = -2;

export function artifactNode(instance: Instance, artifact: Artifact): NodeFields {
  const { contents, sequence, createdBy } = artifact;
  const members = [...artifact.memberships];
  const memberIn = ({ artifactCollectionName: name }: InCollection): Membership | undefined =>
    members.find(({ collection }) => (name ? collection.name === name : collection === sequence));
  const manifest = contents?.manifest ?? artifact.manifests.at(-1);
  return {
    ...artifact,
    __typename: 'Artifact',
    id: artifactId(artifact),
    ttlDurationSeconds: artifact.ttlSeconds || NEVER_ENDS,
    ttlIsInherited: artifact.ttlSeconds === null,
    tags: tagNodes(artifact.tags),
    size: contents?.size ?? 0,
    storageBytes: contents?.size ?? 0,
    fileCount: contents?.entries.length ?? 0,
    createdAt: dateTime(artifact.createdAt),
    updatedAt: dateTime(artifact.updatedAt),
    createdBy: () => (createdBy ? instance.nodes.run(createdBy) : instance.nodes.user()),
    artifactSequence: () => instance.nodes.collection(sequence),
    artifactType: () => instance.nodes.artifactType(sequence.type),
    versionIndex: (args: InCollection) => memberIn(args)?.versionIndex ?? null,
    aliases: ({ artifactCollectionName: name }: InCollection) =>
      members
        .filter(({ collection }) => !name || collection.name === name)
        .flatMap((member) => [...member.aliases.values()])
        .map(instance.nodes.alias),
    artifactMemberships: () => WHOLE.slice(members, instance.nodes.membership, {}),
    artifactCollections: () =>
      WHOLE.slice(members, ({ collection }) => instance.nodes.collection(collection), {}),
    currentManifest: () =>
      manifest && artifact.state !== 'DELETED' ? manifestNode(instance, manifest) : null,
    files: (args: ArtifactFilesArguments) => artifactFileConnection(instance, artifact, args),
    filesByManifestEntries: (args: EntriesArguments) => filesByEntries(instance, artifact, args),
    usedBy: (args: ListArguments) => sortedRuns(instance, [...artifact.users], args),
    usedCount: artifact.users.size,
  };
}

interface EntriesArguments extends PageArguments {
  readonly entries?:
    | readonly {
        readonly name: string;
        readonly digest: string;
        readonly birthArtifactID?: string | null;
        readonly size?: number | null;
        readonly ref?: string | null;
      }[]
    | null;
}

/** The addresses of entries that the client has from a manifest; what lies nowhere is left out. */
function filesByEntries(instance: Instance, artifact: Artifact, { entries, ...page }: EntriesArguments) {
  checkLimit('entries', entries?.length ?? 0, instance.settings.limits.artifactFiles);
  const nodes = (entries ?? [])
    .map(({ name, digest, birthArtifactID = null, size = null, ref = null }) =>
      entryNode(instance, artifact, { path: name, digest, birthArtifactID, size, ref, extra: {} }),
    )
    .filter(({ exists }) => exists);
  return { ...instance.pages.slice(nodes, (node) => node, page), uploadHeaders: [] };
}
