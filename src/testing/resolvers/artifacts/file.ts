import { hexOf } from '../../artifacts/objects.js';
import {
  type Artifact,
  artifactId,
  type Contents,
  type DeclaredFile,
  type Manifest,
  type ManifestEntry,
  manifestId,
} from '../../artifacts/records.js';
import type { PageArguments } from '../../server/connections.js';
import { checkLimit } from '../../server/limits.js';
import { md5Base64, mimeType } from '../../storage/objects.js';
import { encodePath } from '../../storage/signing.js';
import type { Instance } from '../../world/instance.js';
import { globalId } from '../../world/records.js';
import { dateTime, type NodeFields } from '../node.js';

export interface ArtifactFilesArguments extends PageArguments {
  readonly names?: readonly string[] | null;
  readonly contentType?: readonly string[] | null;
}

/** The files of a version, its references among them. An empty list of names means all. */
export function artifactFileConnection(instance: Instance, artifact: Artifact, args: ArtifactFilesArguments) {
  checkLimit('names', args.names?.length ?? 0, instance.settings.limits.names);
  const { contents } = artifact;
  const wanted = contents ? chosen(contents, args) : [];
  const toNode = (entry: ManifestEntry) => entryNode(instance, artifact, entry);
  return { ...instance.pages.slice(wanted, toNode, args), uploadHeaders: [] };
}

function chosen({ entries, byPath }: Contents, { names, contentType }: ArtifactFilesArguments) {
  const named = names?.length
    ? [...new Set(names)]
        .map((name) => byPath.get(name))
        .filter((index) => index !== undefined)
        .sort((a, b) => a - b)
        .map((index) => entries[index])
        .filter((entry) => entry !== undefined)
    : entries;
  return contentType?.length ? named.filter(({ path }) => contentType.includes(mimeType(path))) : named;
}

/** `name` and `displayName` are both the whole path: the SDK's listing reads the one, its download the other. */
const named = (id: string, name: string): NodeFields => ({ id: globalId(id), name, displayName: name });

export function entryNode(instance: Instance, artifact: Artifact, entry: ManifestEntry): NodeFields {
  const layout = artifact.contents?.layout ?? 'V2';
  const key = instance.objects.keyOf(artifact, layout, entry);
  const object = entry.ref === null ? instance.storage.get(key) : undefined;
  const { ref } = entry;
  return {
    ...named(`ArtifactFile:${artifact.number}:${entry.path}`, entry.path),
    uploadHeaders: [],
    url: () => ref ?? apiUrl(instance, artifact, entry),
    directUrl: () => ref ?? instance.signedUrl('GET', key),
    storagePath: ref === null ? key : null,
    sizeBytes: entry.size ?? object?.size ?? 0,
    mimetype: mimeType(entry.path),
    md5: object ? md5Base64(object) : null,
    digest: entry.digest,
    createdAt: dateTime(artifact.createdAt),
    updatedAt: dateTime(artifact.createdAt),
    exists: ref !== null || object !== undefined,
    isReference: ref !== null,
    artifact: () => instance.nodes.artifact(artifact),
  };
}

/** The address that names no collection, whose name may be nothing that a URL can hold. */
function apiUrl(instance: Instance, artifact: Artifact, entry: ManifestEntry): string {
  const region = artifact.contents?.region ?? 'default';
  const hex = hexOf(entry.digest);
  const { name: entity } = artifact.sequence.project.entity;
  if (artifact.contents?.layout === 'V1') return instance.apiUrl + encodeAll(['artifacts', entity, hex]);
  const birth = entry.birthArtifactID ?? artifactId(artifact);
  const basename = entry.path.slice(entry.path.lastIndexOf('/') + 1);
  return instance.apiUrl + encodeAll(['artifactsV2', region, entity, birth, hex, basename]);
}

const encodeAll = (segments: readonly string[]): string =>
  segments.map((segment) => `/${encodePath(segment).replaceAll('/', '%2F')}`).join('');

/** A file on its way: where to put it, at once or in parts, or, without an address, which version has it already. */
export function uploadNode(
  instance: Instance,
  file: DeclaredFile,
  target: {
    readonly birth: Artifact;
    readonly isKnown: boolean;
    readonly parts: readonly UploadPart[] | null;
  },
): NodeFields {
  const headers = { 'content-md5': file.md5, 'content-type': file.contentType };
  return {
    ...named(`ArtifactFile:${file.artifact.number}:${file.name}`, file.name),
    directUrl: () => instance.signedUrl('GET', file.key),
    storagePath: file.key,
    uploadUrl: target.isKnown ? null : () => instance.signedUrl('PUT', file.key, headers),
    uploadHeaders: target.isKnown ? [] : [`Content-MD5:${file.md5}`, `Content-Type:${file.contentType}`],
    uploadMultipartUrls: target.parts === null ? null : () => partUrls(instance, file, target.parts ?? []),
    sizeBytes: 0,
    mimetype: file.contentType,
    md5: file.md5,
    digest: file.digest,
    createdAt: dateTime(file.artifact.createdAt),
    exists: target.isKnown,
    isReference: false,
    artifact: () => instance.nodes.artifact(target.birth),
  };
}

export interface UploadPart {
  readonly partNumber: number;
  readonly hexMD5: string;
}

function partUrls(instance: Instance, file: DeclaredFile, parts: readonly UploadPart[]) {
  const uploadId = instance.multipart.begin(file.key, file.contentType);
  return {
    uploadID: uploadId,
    uploadUrlParts: parts.map(({ partNumber, hexMD5 }) => {
      const md5 = Buffer.from(hexMD5, 'hex').toString('base64');
      const headers = { 'content-md5': md5, 'content-type': file.contentType };
      const uploadUrl = instance.signedUrl('PUT', file.key, headers, { uploadId, partNumber });
      return { partNumber, uploadUrl };
    }),
  };
}

const JSON_TYPE = 'application/json';

export function manifestNode(instance: Instance, manifest: Manifest): NodeFields {
  const { digest, key, artifact } = manifest;
  const object = instance.storage.get(key);
  const headers = { 'content-type': JSON_TYPE, ...(digest !== '' && { 'content-md5': digest }) };
  return {
    id: manifestId(manifest),
    artifact: () => instance.nodes.artifact(artifact),
    createdAt: dateTime(manifest.createdAt),
    digest,
    type: manifest.type,
    file: {
      ...named(`ArtifactManifestFile:${manifest.number}`, manifest.name),
      url: () => instance.signedUrl('GET', key),
      directUrl: () => instance.signedUrl('GET', key),
      storagePath: key,
      uploadUrl: artifact.state === 'PENDING' ? () => instance.signedUrl('PUT', key, headers) : null,
      uploadHeaders: [`Content-Type:${JSON_TYPE}`, ...(digest === '' ? [] : [`Content-MD5:${digest}`])],
      sizeBytes: object?.size ?? 0,
      mimetype: JSON_TYPE,
      md5: object ? md5Base64(object) : null,
      digest,
      createdAt: dateTime(manifest.createdAt),
      updatedAt: dateTime(object?.storedAt ?? null),
      exists: object !== undefined,
      isReference: false,
      artifact: () => instance.nodes.artifact(artifact),
    },
  };
}
