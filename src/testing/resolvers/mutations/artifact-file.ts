import { GraphQLError } from 'graphql';
import { checkPath } from '../../artifacts/names.js';
import { hexOf } from '../../artifacts/objects.js';
import {
  type Artifact,
  type DeclaredFile,
  type ManifestType,
  nameOf,
  type StorageLayout,
} from '../../artifacts/records.js';
import { type PageArguments, WHOLE } from '../../server/connections.js';
import { found, HttpError } from '../../server/http.js';
import { checkLimit } from '../../server/limits.js';
import { mimeType } from '../../storage/objects.js';
import type { Instance } from '../../world/instance.js';
import { manifestNode, type UploadPart, uploadNode } from '../artifacts/file.js';
import { type InProject, type Maybe, projectToChange, runToChange } from './input.js';

interface CreateManifestInput extends InProject {
  readonly artifactID: string;
  readonly runName: string;
  readonly name: string;
  readonly digest: string;
  readonly type: ManifestType;
  readonly baseArtifactID?: Maybe<string>;
}

interface UpdateManifestInput {
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

interface CreateFilesInput {
  readonly artifactFiles: readonly FileSpec[];
  readonly storageLayout: StorageLayout;
}

interface CompleteInput {
  readonly completeMultipartAction: 'Complete' | 'Abort';
  readonly completedParts: readonly UploadPart[];
  readonly artifactID: string;
  readonly storagePath: string;
  readonly uploadID: string;
}

/** The root fields by which a version gets its manifest and its files. */
export function artifactFileMutations(instance: Instance) {
  const { world, settings, storage, catalogue, versions, objects } = instance;

  const baseOf = (id: Maybe<string>): Artifact | null => {
    if (!id) return null;
    const base = catalogue.artifactToChange(id);
    if (base.state !== 'COMMITTED') throw new GraphQLError(`base artifact ${nameOf(base)} is not committed`);
    return base;
  };

  const declareFile = (spec: FileSpec, layout: StorageLayout) => {
    const artifact = catalogue.artifactToChange(spec.artifactID);
    versions.checkPending(artifact);
    if (spec.artifactManifestID && catalogue.manifests.get(spec.artifactManifestID)?.artifact !== artifact) {
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
    const isKnown = storage.get(key) !== undefined;
    artifact.declared.set(spec.name, file);
    const parts = !isKnown && spec.uploadPartsInput?.length ? spec.uploadPartsInput : null;
    return uploadNode(instance, file, { birth, isKnown, parts });
  };

  return {
    createArtifactManifest: (input: CreateManifestInput) => {
      const project = projectToChange(instance, input);
      if (input.runName !== '') runToChange(project, input.runName);
      const base = baseOf(input.baseArtifactID);
      checkPath(input.name);
      const artifact = catalogue.artifactToChange(input.artifactID);
      const manifest = versions.manifest(artifact, input.type, input.name);
      manifest.base = base;
      manifest.digest = input.digest;
      return { artifactManifest: manifestNode(instance, manifest) };
    },

    /** What is null stays as it is. */
    updateArtifactManifest: (input: UpdateManifestInput) => {
      const { artifactManifestID: id } = input;
      const manifest = found(catalogue.manifests.get(id), `artifact manifest ${id}`);
      versions.checkPending(manifest.artifact);
      manifest.base = baseOf(input.baseArtifactID) ?? manifest.base;
      manifest.digest = input.digest ?? manifest.digest;
      return { artifactManifest: manifestNode(instance, manifest) };
    },

    /** The files come back in the order in which they were asked for, all of them, however long a page is. */
    createArtifactFiles: (input: CreateFilesInput) => {
      checkLimit('artifact files', input.artifactFiles.length, settings.limits.artifactFiles);
      const nodes = input.artifactFiles.map((spec) => declareFile(spec, input.storageLayout));
      const files = (page: PageArguments) => ({
        ...WHOLE.slice(nodes, (node) => node, page),
        uploadHeaders: [],
      });
      return { files };
    },

    completeMultipartUploadArtifact: (input: CompleteInput) => {
      const artifact = catalogue.artifactToChange(input.artifactID);
      versions.checkPending(artifact);
      if (!instance.multipart.has(input.uploadID, input.storagePath)) {
        throw new HttpError(404, `upload ${input.uploadID} of file ${input.storagePath} not found`);
      }
      if (input.completeMultipartAction === 'Abort') {
        instance.multipart.abort(input.uploadID);
        return { digest: null };
      }
      const parts = input.completedParts.map(({ partNumber, hexMD5 }) => ({ partNumber, etag: hexMD5 }));
      const object = instance.multipart.complete(input.uploadID, parts);
      if (typeof object === 'string') throw new GraphQLError(object);
      return { digest: object.etag };
    },
  };
}
