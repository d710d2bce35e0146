import { Failure } from '../../../contract/failure.js';
import type { CollectionFacts, Facts, FileFacts, VersionFacts } from '../../../contract/knowledge/facts.js';
import type { TreePath } from '../../../contract/tree-path.js';
import { parse, print, visit } from '../../../wire/api/graphql.js';
import {
  LookUpArtifactTypeDocument,
  LookUpCollectionDocument,
  VersionInfoDocument,
  type VersionInfoQuery,
} from '../../../wire/generated.js';
import { factsAbove, objectOf } from '../../common/facts.js';
import { isoOf, madeAt, nodesOf } from '../../common/rows.js';
import type { ArtifactsContext } from '../context.js';
import { type CollectionName, placeOf } from '../places.js';
import { aliasesIn } from './entries.js';
import type { Version } from './version-queries.js';

let documentWithoutAlgorithm: typeof VersionInfoDocument | null = null;

/** Old servers refuse a document that asks for it. */
function withoutDigestAlgorithm(): typeof VersionInfoDocument {
  documentWithoutAlgorithm ??= print(
    visit(parse(VersionInfoDocument), {
      Field: (field) => (field.name.value === 'digestAlgorithm' ? null : undefined),
    }),
  );
  return documentWithoutAlgorithm;
}

/** What W&B knows of a path beyond its entry; an alias tells of its version. Rejects with ENOENT. */
export async function factsOf(
  context: ArtifactsContext,
  path: TreePath,
  signal: AbortSignal | undefined,
): Promise<Facts> {
  const { names, unit, file } = placeOf(path);
  const [entity] = names;
  if (file !== null) return factsOfFile(context, path, signal);
  if (unit !== null) return factsOfVersion(context, unit, signal);
  if (entity === undefined) return { kind: 'root' };
  const facts = await context.organizations.below(entity, signal, (server) =>
    factsOfDirectory(context, [server, ...names.slice(1)], signal),
  );
  if (!facts) throw new Failure('ENOENT');
  return facts;
}

async function factsOfFile(
  context: ArtifactsContext,
  path: TreePath,
  signal: AbortSignal | undefined,
): Promise<FileFacts> {
  const found = await context.versions.entryAt(path, signal);
  if (!found) throw new Failure('ENOENT');
  const { digest, algorithm, size, ref, extra } = found.entry;
  const isHashed = ref === null;
  return {
    kind: 'file',
    id: null,
    size,
    digest,
    digestAlgorithm: isHashed ? (algorithm === 'md5' ? 'MD5' : 'XXH128') : null,
    md5: isHashed && algorithm === 'md5' ? digest : null,
    mimetype: null,
    createdAt: null,
    updatedAt: null,
    reference: ref,
    extra: isHashed ? null : extra,
    isPending: false,
  };
}

/** @param unit the path of a version, or of an alias */
export async function factsOfVersion(
  context: ArtifactsContext,
  unit: TreePath,
  signal: AbortSignal | undefined,
): Promise<VersionFacts> {
  const version = await context.versions.find(unit, signal);
  if (!version) throw new Failure('ENOENT');
  const { client, features } = context;
  const { id } = version;
  const hasAlgorithm = await features.has('ARTIFACT_DIGEST_ALGORITHM');
  const document = hasAlgorithm ? VersionInfoDocument : withoutDigestAlgorithm();
  const { artifact } = await client.run(document, { id }, { signal });
  if (!artifact) throw new Failure('ENOENT');
  const { digest, state, createdAt, updatedAt, description, metadata } = artifact;
  const ttl = Number(artifact.ttlDurationSeconds);
  return {
    kind: 'version',
    id,
    version: version.name,
    entity: version.entity,
    project: version.project,
    collection: version.collection,
    type: artifact.artifactType.name,
    aliases: aliasesIn(version.collectionId, artifact.aliases),
    tags: artifact.tags.map(({ name }) => name),
    description,
    metadata: metadata === null ? null : objectOf(metadata, 'The metadata of the version'),
    digest,
    digestAlgorithm: algorithmOf(artifact.digestAlgorithm),
    size: Number(artifact.size),
    fileCount: Number(artifact.fileCount),
    ttlSeconds: ttl > 0 ? ttl : null,
    state,
    createdAt: madeAt(createdAt),
    updatedAt: isoOf(updatedAt),
    source: sourceOf(version, artifact),
  };
}

async function factsOfDirectory(
  context: ArtifactsContext,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Facts | null> {
  const [entity, project, type, collection] = names;
  if (entity === undefined || project === undefined || type === undefined) {
    return factsAbove(context, names, signal);
  }
  if (collection !== undefined) {
    return factsOfCollection(context, { entity, project, type, collection }, signal);
  }
  const answer = await context.client.run(LookUpArtifactTypeDocument, { entity, project, type }, { signal });
  const found = answer.project?.artifactType;
  if (!found) return null;
  const { id, name, description, createdAt } = found;
  return { kind: 'artifactType', id, name, entity, project, description, createdAt: madeAt(createdAt) };
}

async function factsOfCollection(
  { client }: ArtifactsContext,
  place: CollectionName,
  signal: AbortSignal | undefined,
): Promise<CollectionFacts | null> {
  const { entity, project, type } = place;
  const answer = await client.run(LookUpCollectionDocument, { ...place }, { signal });
  const found = answer.project?.artifactType?.artifactCollection;
  if (found?.state !== 'READY' || found.defaultArtifactType.name !== type) return null;
  return {
    kind: 'collection',
    id: found.id,
    name: found.name,
    entity,
    project,
    type,
    isPortfolio: found.__typename === 'ArtifactPortfolio',
    description: found.description,
    tags: nodesOf(found.tags).map(({ name }) => name),
    createdAt: madeAt(found.createdAt),
    updatedAt: isoOf(found.updatedAt),
  };
}

const algorithmOf = (
  algorithm: 'MANIFEST_MD5' | 'MANIFEST_XXH128' | null | undefined,
): VersionFacts['digestAlgorithm'] => (algorithm ? (algorithm === 'MANIFEST_MD5' ? 'MD5' : 'XXH128') : null);

/** Where a version that was linked comes from; null for one in its own collection. */
function sourceOf(
  version: Version,
  { artifactSequence: sequence, versionIndex }: NonNullable<VersionInfoQuery['artifact']>,
): VersionFacts['source'] {
  if (sequence.id === version.collectionId) return null;
  const { name: project, entity } = sequence.project;
  const number = versionIndex === null ? null : `v${versionIndex}`;
  return { entity: entity.name, project, collection: sequence.name, version: number };
}
