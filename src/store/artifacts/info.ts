import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type DocumentNode, visit } from 'graphql';
import {
  FindEntityDocument,
  FindProjectDocument,
  LookUpArtifactTypeDocument,
  LookUpCollectionDocument,
  VersionInfoDocument,
  type VersionInfoQuery,
  type VersionInfoQueryVariables,
} from '../../wire/generated.js';
import { nodesOf } from '../common/nodes.js';
import type { TreePath } from '../contract.js';
import { Failure } from '../failure.js';
import type { ArtifactsContext } from './context.js';
import { findManifestEntry } from './manifest-lookup.js';
import type { Manifests } from './manifests.js';
import { aliasesIn } from './memberships.js';
import { placeOf } from './places.js';
import type { Version } from './version-queries.js';
import type { Versions } from './versions.js';

type Facts = Readonly<Record<string, unknown>>;

/** Old servers refuse a document that asks for it. */
const withoutDigestAlgorithm: TypedDocumentNode<VersionInfoQuery, VersionInfoQueryVariables> = visit(
  VersionInfoDocument as DocumentNode,
  { Field: (field) => (field.name.value === 'digestAlgorithm' ? null : undefined) },
);

/** What W&B knows of a path beyond its entry, as plain data. */
export class Info {
  constructor(
    private readonly parts: {
      readonly context: ArtifactsContext;
      readonly versions: Versions;
      readonly manifests: Manifests;
    },
  ) {}

  /** An alias tells of its version. Rejects with ENOENT. */
  async info(path: TreePath, signal: AbortSignal | undefined): Promise<Facts> {
    const { names, unit, file } = placeOf(path);
    const [entity] = names;
    if (file !== null) return this.file(path, signal);
    if (unit !== null) return this.version(unit, signal);
    const facts =
      entity === undefined
        ? { kind: 'root' }
        : await this.parts.context.organizations.below(entity, signal, (server) =>
            this.directory([server, ...names.slice(1)], signal),
          );
    if (!facts) throw new Failure('ENOENT');
    return facts;
  }

  private async file(path: TreePath, signal: AbortSignal | undefined): Promise<Facts> {
    const found = await findManifestEntry(this.parts, path, signal);
    if (!found) throw new Failure('ENOENT');
    const { digest, algorithm, size, ref } = found.entry;
    const digestAlgorithm = ref === null ? algorithm.toUpperCase() : null;
    return { kind: 'file', digest, digestAlgorithm, size, reference: ref };
  }

  private async version(unit: TreePath, signal: AbortSignal | undefined): Promise<Facts> {
    const version = await this.parts.versions.find(unit, signal);
    if (!version) throw new Failure('ENOENT');
    const { client, features } = this.parts.context;
    const { id } = version;
    const hasAlgorithm = await features.has('ARTIFACT_DIGEST_ALGORITHM');
    const document = hasAlgorithm ? VersionInfoDocument : withoutDigestAlgorithm;
    const { artifact } = await client.run(document, { id }, { signal });
    if (!artifact) throw new Failure('ENOENT');
    const { digest, state, createdAt, updatedAt, description } = artifact;
    const ttl = Number(artifact.ttlDurationSeconds);
    return {
      kind: 'version',
      id,
      version: version.name,
      collection: version.collection,
      type: artifact.artifactType.name,
      digest,
      digestAlgorithm: artifact.digestAlgorithm?.replace('MANIFEST_', '') ?? null,
      size: Number(artifact.size),
      fileCount: Number(artifact.fileCount),
      aliases: aliasesIn(version.collectionId, artifact.aliases),
      tags: artifact.tags.map(({ name }) => name),
      description,
      metadata: parsed(artifact.metadata),
      ttlSeconds: ttl > 0 ? ttl : null,
      state,
      createdAt,
      updatedAt,
      source: sourceOf(version, artifact),
    };
  }

  private async directory(
    [entity = '', project, type, collection]: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<Facts | null> {
    const { client } = this.parts.context;
    if (project === undefined) {
      const { entity: found } = await client.run(FindEntityDocument, { entity }, { signal });
      return found && { kind: 'entity', ...found };
    }
    if (type === undefined) {
      const { project: found } = await client.run(FindProjectDocument, { entity, project }, { signal });
      return found && { kind: 'project', ...found, entity: found.entity.name };
    }
    if (collection === undefined) {
      const variables = { entity, project, type };
      const found = (await client.run(LookUpArtifactTypeDocument, variables, { signal })).project
        ?.artifactType;
      return found ? { kind: 'type', ...found, entity, project } : null;
    }
    const variables = { entity, project, type, collection };
    const answer = await client.run(LookUpCollectionDocument, variables, { signal });
    const found = answer.project?.artifactType?.artifactCollection;
    if (found?.state !== 'READY' || found.defaultArtifactType.name !== type) return null;
    const { __typename, defaultArtifactType, tags, ...facts } = found;
    return {
      kind: 'collection',
      ...facts,
      isPortfolio: __typename === 'ArtifactPortfolio',
      type: defaultArtifactType.name,
      tags: nodesOf(tags).map(({ name }) => name),
      entity,
      project,
    };
  }
}

/** Where a version that was linked comes from; null for one in its own collection. */
function sourceOf(
  version: Version,
  { artifactSequence: sequence, versionIndex }: NonNullable<VersionInfoQuery['artifact']>,
): Facts | null {
  if (sequence.id === version.collectionId) return null;
  const { name: project, entity } = sequence.project;
  const isNumbered = versionIndex !== null;
  return {
    entity: entity.name,
    project,
    collection: sequence.name,
    version: isNumbered ? `v${versionIndex}` : null,
  };
}

/** Metadata is JSON in text; one that isn't is told as it is. */
function parsed(metadata: string | null): unknown {
  if (metadata === null) return null;
  try {
    return JSON.parse(metadata);
  } catch (error) {
    if (error instanceof SyntaxError) return metadata;
    throw error;
  }
}
