import { createHash } from 'node:crypto';
import type { FakeWandb } from '../../src/testing/index.js';
import { graphql } from './client.js';

export const md5 = (content: string | Uint8Array): string =>
  createHash('md5').update(content).digest('base64');

export const hexOf = (digest: string): string => Buffer.from(digest, 'base64').toString('hex');

/** The digest of an artifact, from its entries' digests. */
export function artifactDigest(entries: Readonly<Record<string, string>>): string {
  const lines = Object.entries(entries)
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([path, digest]) => `${path}:${digest}\n`);
  return createHash('md5')
    .update(`wandb-artifact-manifest-v1\n${lines.join('')}`)
    .digest('hex');
}

/** What a version holds where it could hold anything. */
export const FILES = { 'a.txt': 'hello', 'dir/b.txt': 'world' };

/** `{ 'a.txt': 'text' }` by digest. */
export const digestsOf = (files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([path, content]) => [path, md5(content)]));

interface Entry {
  readonly digest: string;
  readonly size: number;
  readonly birthArtifactID?: string;
}

export const manifestOf = (entries: Readonly<Record<string, Entry>>): Buffer =>
  Buffer.from(
    JSON.stringify({
      version: 1,
      storagePolicy: 'wandb-storage-policy-v1',
      storagePolicyConfig: { storageLayout: 'V2' },
      contents: entries,
    }),
  );

/** One root field, its input given; throws the server's words. */
export async function mutate<Data>(
  wandb: FakeWandb,
  field: string,
  input: Readonly<Record<string, unknown>>,
  selection: string,
): Promise<Data> {
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
  const document = `mutation($input: ${type}!) { ${field}(input: $input) { ${selection} } }`;
  const { data, errors } = await graphql<Record<string, Data> | null>(wandb, document, { input });
  if (errors[0]) throw new Error(errors[0].message);
  return data?.[field] as Data;
}

export interface Target {
  readonly entityName: string;
  readonly projectName: string;
  readonly artifactCollectionName: string;
  readonly artifactTypeName: string;
}

export const target: Target = {
  entityName: 'lab',
  projectName: 'project',
  artifactCollectionName: 'flowers',
  artifactTypeName: 'dataset',
};

export interface Declared {
  readonly id: string;
  readonly state: string;
  readonly artifactSequence: { readonly id: string; readonly latestArtifact: { readonly id: string } | null };
}

export async function declare(
  wandb: FakeWandb,
  digest: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Declared> {
  const input = {
    ...target,
    digest,
    digestAlgorithm: 'MANIFEST_MD5',
    enableDigestDeduplication: true,
    ...more,
  };
  const { artifact } = await mutate<{ artifact: Declared }>(
    wandb,
    'createArtifact',
    input,
    'artifact { id state artifactSequence { id latestArtifact { id } } }',
  );
  return artifact;
}

export interface Upload {
  readonly storagePath: string;
  readonly uploadUrl: string | null;
  readonly uploadHeaders: readonly string[];
  readonly uploadMultipartUrls: {
    readonly uploadID: string;
    readonly uploadUrlParts: readonly { readonly partNumber: number; readonly uploadUrl: string }[];
  } | null;
  readonly artifact: { readonly id: string };
}

export async function declareFiles(
  wandb: FakeWandb,
  artifactFiles: readonly Readonly<Record<string, unknown>>[],
): Promise<Upload[]> {
  const { files } = await mutate<{ files: { edges: { node: Upload }[] } }>(
    wandb,
    'createArtifactFiles',
    { artifactFiles, storageLayout: 'V2' },
    `files { edges { node { storagePath uploadUrl uploadHeaders artifact { id }
       uploadMultipartUrls { uploadID uploadUrlParts { partNumber uploadUrl } } } } }`,
  );
  return files.edges.map(({ node }) => node);
}

export const headersOf = (headers: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    headers.map((header) => {
      const colon = header.indexOf(':');
      return [header.slice(0, colon), header.slice(colon + 1)];
    }),
  );

export const put = (
  { uploadUrl, uploadHeaders }: Pick<Upload, 'uploadUrl' | 'uploadHeaders'>,
  content: string | Uint8Array,
): Promise<Response> =>
  fetch(uploadUrl ?? '', { method: 'PUT', headers: headersOf(uploadHeaders), body: Buffer.from(content) });

export interface ManifestUpload {
  readonly id: string;
  readonly file: { readonly uploadUrl: string | null; readonly uploadHeaders: readonly string[] };
}

export async function declareManifest(
  wandb: FakeWandb,
  artifactID: string,
  bytes: Uint8Array | null,
  more: Readonly<Record<string, unknown>> = {},
): Promise<ManifestUpload> {
  const { entityName, projectName } = target;
  const input = {
    artifactID,
    entityName,
    projectName,
    runName: '',
    name: 'wandb_manifest.json',
    type: 'FULL',
    digest: bytes === null ? '' : md5(bytes),
    ...more,
  };
  const { artifactManifest } = await mutate<{ artifactManifest: ManifestUpload }>(
    wandb,
    'createArtifactManifest',
    input,
    'artifactManifest { id file { uploadUrl uploadHeaders } }',
  );
  return artifactManifest;
}

/** Declares and uploads files of a version; returns the entries of its manifest. */
export async function uploadFiles(
  wandb: FakeWandb,
  artifactID: string,
  files: Readonly<Record<string, string>>,
): Promise<Record<string, Entry>> {
  const names = Object.keys(files);
  const specs = names.map((name) => ({ artifactID, name, md5: md5(files[name] ?? '') }));
  const uploads = await declareFiles(wandb, specs);
  const entries = await Promise.all(
    uploads.map(async (upload, index): Promise<[string, Entry]> => {
      const name = names[index] ?? '';
      const content = files[name] ?? '';
      if (upload.uploadUrl !== null) {
        const response = await put(upload, content);
        if (!response.ok) throw new Error(await response.text());
      }
      return [
        name,
        { digest: md5(content), size: Buffer.byteLength(content), birthArtifactID: upload.artifact.id },
      ];
    }),
  );
  return Object.fromEntries(entries);
}

export async function uploadManifest(
  wandb: FakeWandb,
  artifactID: string,
  entries: Readonly<Record<string, Entry>>,
): Promise<void> {
  const bytes = manifestOf(entries);
  await put((await declareManifest(wandb, artifactID, bytes)).file, bytes);
}

export const commit = (wandb: FakeWandb, artifactID: string): Promise<{ artifact: { digest: string } }> =>
  mutate(wandb, 'commitArtifact', { artifactID }, 'artifact { id digest }');

/** All that logging a version takes; returns its id. */
export async function log(
  wandb: FakeWandb,
  files: Readonly<Record<string, string>>,
  aliases: readonly string[] = ['latest'],
  more: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const artifactCollectionName = more.artifactCollectionName ?? target.artifactCollectionName;
  const artifact = await declare(wandb, artifactDigest(digestsOf(files)), {
    aliases: aliases.map((alias) => ({ alias, artifactCollectionName })),
    ...more,
  });
  if (artifact.state === 'COMMITTED') return artifact.id;
  await declareManifest(wandb, artifact.id, null);
  await uploadManifest(wandb, artifact.id, await uploadFiles(wandb, artifact.id, files));
  await commit(wandb, artifact.id);
  return artifact.id;
}

/** What is found by a version's id alone. */
export const stateOf = async (wandb: FakeWandb, id: string): Promise<unknown> =>
  (
    await graphql<{ artifact: unknown }>(
      wandb,
      'query($id: ID!) { artifact(id: $id) { state versionIndex } }',
      { id },
    )
  ).data.artifact;
