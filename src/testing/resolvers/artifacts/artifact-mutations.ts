import { GraphQLError } from 'graphql';
import {
  checkAlias,
  checkMetadata,
  checkPath,
  checkTag,
  checkTypeName,
  ttlOf,
} from '../../artifacts/names.js';
import { hexOf } from '../../artifacts/objects.js';
import {
  type Artifact,
  type Collection,
  type DeclaredFile,
  type DigestAlgorithm,
  type ManifestType,
  nameOf,
  type StorageLayout,
} from '../../artifacts/records.js';
import { type PageArguments, slice } from '../../server/connections.js';
import { HttpError } from '../../server/http-error.js';
import { checkLimit } from '../../server/limits.js';
import { mimeType } from '../../storage/mime.js';
import type { Instance } from '../../world/instance.js';
import { idOf, type Maybe, type Mutation, projectToChange, runToChange } from '../input.js';
import { artifactNode } from './artifact.js';
import { manifestNode, type UploadPart, uploadNode } from './artifact-file.js';
import { typeNode } from './artifact-type.js';

export interface AliasInput {
  readonly alias: string;
  readonly artifactCollectionName: string;
}

export interface TagInput {
  readonly tagName: string;
  readonly tagCategoryName?: Maybe<string>;
}

interface InProject extends Mutation {
  readonly entityName: string;
  readonly projectName: string;
}

interface CreateArtifactInput extends InProject {
  readonly artifactTypeName: string;
  readonly artifactCollectionName?: Maybe<string>;
  readonly artifactCollectionNames?: Maybe<readonly string[]>;
  readonly runName?: Maybe<string>;
  readonly digest: string;
  readonly digestAlgorithm: DigestAlgorithm;
  readonly enableDigestDeduplication?: Maybe<boolean>;
  readonly clientID?: Maybe<string>;
  readonly sequenceClientID?: Maybe<string>;
  readonly distributedID?: Maybe<string>;
  readonly aliases?: Maybe<readonly AliasInput[]>;
  readonly tags?: Maybe<readonly TagInput[]>;
  readonly description?: Maybe<string>;
  readonly metadata?: Maybe<string>;
  readonly labels?: Maybe<string>;
  readonly historyStep?: Maybe<number>;
  readonly ttlDurationSeconds?: Maybe<number>;
  readonly storageRegion?: Maybe<string>;
}

interface CreateManifestInput extends InProject {
  readonly artifactID: string;
  readonly runName: string;
  readonly name: string;
  readonly digest: string;
  readonly type: ManifestType;
  readonly baseArtifactID?: Maybe<string>;
}

interface UpdateManifestInput extends Mutation {
  readonly artifactManifestID: string;
  readonly digest?: Maybe<string>;
  readonly baseArtifactID?: Maybe<string>;
}

interface FileSpec {
  readonly artifactID: string;
  readonly artifactManifestID?: Maybe<string>;
  readonly name: string;
  readonly md5: string;
  readonly digest?: Maybe<string>;
  readonly mimetype?: Maybe<string>;
  readonly uploadPartsInput?: Maybe<readonly UploadPart[]>;
}

interface CreateFilesInput extends Mutation {
  readonly artifactFiles: readonly FileSpec[];
  readonly storageLayout: StorageLayout;
}

interface CompleteInput extends Mutation {
  readonly completeMultipartAction: 'Complete' | 'Abort';
  readonly completedParts: readonly UploadPart[];
  readonly artifactID: string;
  readonly storagePath: string;
  readonly uploadID: string;
}

/** The root fields by which a version is made. */
export function artifactMutations(instance: Instance) {
  const { world, settings } = instance;
  const { catalogue, versions, lineage, objects } = instance.artifacts;

  const baseOf = (id: Maybe<string>): Artifact | null => {
    if (!id) return null;
    const base = catalogue.artifactToChange(id);
    if (base.state !== 'COMMITTED') throw new GraphQLError(`base artifact ${nameOf(base)} is not committed`);
    return base;
  };

  const findOrDeclare = (sequence: Collection, input: CreateArtifactInput): Artifact => {
    const { digest, digestAlgorithm, distributedID } = input;
    // The digest of a part says nothing of the whole, so parts are never taken for a version that is there.
    const known = distributedID
      ? versions.distributed(sequence, distributedID)
      : input.enableDigestDeduplication
        ? versions.duplicate(sequence, digest, digestAlgorithm)
        : null;
    if (known) return known;
    return versions.declare(sequence, {
      digest,
      digestAlgorithm,
      description: input.description ?? null,
      metadata: input.metadata ?? null,
      labels: input.labels ?? null,
      historyStep: input.historyStep ?? null,
      ttlSeconds: ttlOf(input.ttlDurationSeconds ?? -1),
      distributedID: distributedID ?? null,
      createdBy: input.runName ? runToChange(sequence.project, input.runName) : null,
    });
  };

  const declareFile = (spec: FileSpec, layout: StorageLayout) => {
    const artifact = catalogue.artifactToChange(spec.artifactID);
    versions.checkPending(artifact);
    if (spec.artifactManifestID && catalogue.manifest(spec.artifactManifestID)?.artifact !== artifact) {
      throw new HttpError(
        404,
        `artifact manifest ${spec.artifactManifestID} not found in ${nameOf(artifact)}`,
      );
    }
    checkPath(spec.name);
    const digest = spec.digest ?? spec.md5;
    if (hexOf(spec.md5).length !== 32) throw new GraphQLError(`invalid MD5 ${JSON.stringify(spec.md5)}`);
    const known = objects.known(artifact.sequence, digest);
    const birth = known ?? artifact;
    const key = objects.key(layout, birth, hexOf(digest));
    const file: DeclaredFile = {
      number: world.next(),
      artifact,
      name: spec.name,
      key,
      md5: spec.md5,
      digest,
      contentType: spec.mimetype || mimeType(spec.name) || 'application/octet-stream',
    };
    const isKnown = objects.object(key) !== undefined;
    artifact.declared.set(spec.name, file);
    const parts = !isKnown && spec.uploadPartsInput?.length ? spec.uploadPartsInput : null;
    return uploadNode(instance, file, { birth, isKnown, parts });
  };

  return {
    createArtifactType: ({ input }: { input: InProject & { name: string; description?: Maybe<string> } }) => {
      const project = projectToChange(instance, input.entityName, input.projectName);
      checkTypeName(input.name);
      const type = catalogue.ensureType(project, input.name, input.description ?? null);
      return { ...idOf(input), artifactType: typeNode(instance, type) };
    },

    /** Makes type and collection too. What is there already comes back committed, and takes the aliases asked for. */
    createArtifact: ({ input }: { input: CreateArtifactInput }) => {
      const project = projectToChange(instance, input.entityName, input.projectName);
      const [name, ...others] = input.artifactCollectionName
        ? [input.artifactCollectionName]
        : (input.artifactCollectionNames ?? []);
      if (name === undefined || others.length > 0) {
        throw new GraphQLError('an artifact needs the name of one collection');
      }
      const run = input.runName ? runToChange(project, input.runName) : null;
      const aliases = (input.aliases ?? []).map((alias) => alias.alias);
      for (const { alias, artifactCollectionName: other } of input.aliases ?? []) {
        checkAlias(alias);
        if (other !== name)
          throw new GraphQLError(`the alias ${alias} is not one of ${name}, but of ${other}`);
      }
      for (const { tagName } of input.tags ?? []) checkTag(tagName);
      checkMetadata(input.metadata);
      versions.checkRegion(input.storageRegion ?? null);
      const sequence = catalogue.ensureCollection(project, input.artifactTypeName, name, 'SEQUENCE');
      const artifact = findOrDeclare(sequence, input);
      versions.request(artifact, aliases);
      for (const tag of input.tags ?? []) artifact.tags.set(tag.tagName, tag.tagCategoryName ?? null);
      catalogue.mapClientID(input.clientID, artifact);
      catalogue.mapClientID(input.sequenceClientID, sequence);
      if (run) lineage.addOutput(run, artifact);
      return { ...idOf(input), artifact: artifactNode(instance, artifact) };
    },

    createArtifactManifest: ({ input }: { input: CreateManifestInput }) => {
      const project = projectToChange(instance, input.entityName, input.projectName);
      if (input.runName !== '') runToChange(project, input.runName);
      const base = baseOf(input.baseArtifactID);
      checkPath(input.name);
      const artifact = catalogue.artifactToChange(input.artifactID);
      const manifest = versions.manifest(artifact, input.type, input.name);
      manifest.base = base;
      manifest.digest = input.digest;
      return { ...idOf(input), artifactManifest: manifestNode(instance, manifest) };
    },

    /** What is null stays as it is. */
    updateArtifactManifest: ({ input }: { input: UpdateManifestInput }) => {
      const manifest = catalogue.manifest(input.artifactManifestID);
      if (!manifest) throw new HttpError(404, `artifact manifest ${input.artifactManifestID} not found`);
      versions.checkPending(manifest.artifact);
      manifest.base = baseOf(input.baseArtifactID) ?? manifest.base;
      manifest.digest = input.digest ?? manifest.digest;
      return { ...idOf(input), artifactManifest: manifestNode(instance, manifest) };
    },

    /** The files come back in the order in which they were asked for, all of them, however long a page is. */
    createArtifactFiles: ({ input }: { input: CreateFilesInput }) => {
      checkLimit('artifact files', input.artifactFiles.length, settings.limits.artifactFiles);
      const nodes = input.artifactFiles.map((spec) => declareFile(spec, input.storageLayout));
      const files = (page: PageArguments) => ({
        ...slice(nodes, { toNode: (node) => node, mostRows: Infinity }, page),
        uploadHeaders: [],
      });
      return { ...idOf(input), files };
    },

    completeMultipartUploadArtifact: ({ input }: { input: CompleteInput }) => {
      const artifact = catalogue.artifactToChange(input.artifactID);
      versions.checkPending(artifact);
      if (!instance.multipart.has(input.uploadID, input.storagePath)) {
        throw new HttpError(404, `upload ${input.uploadID} of file ${input.storagePath} not found`);
      }
      if (input.completeMultipartAction === 'Abort') {
        instance.multipart.abort(input.uploadID);
        return { ...idOf(input), digest: null };
      }
      const claims = input.completedParts.map(({ partNumber, hexMD5 }) => ({ partNumber, etag: hexMD5 }));
      const object = instance.multipart.complete(input.uploadID, claims);
      if (typeof object === 'string') throw new GraphQLError(object);
      return { ...idOf(input), digest: object.etag };
    },

    commitArtifact: ({ input }: { input: Mutation & { artifactID: string } }) => {
      const artifact = catalogue.artifactToChange(input.artifactID);
      versions.commit(artifact);
      return { ...idOf(input), artifact: artifactNode(instance, artifact) };
    },
  };
}
