import { artifactDigest, type ManifestBody, manifestJson, md5 } from '../artifacts/manifest.js';
import { hexOf } from '../artifacts/objects.js';
import {
  type Artifact,
  artifactId,
  type Collection,
  type DigestAlgorithm,
  type ManifestEntry,
} from '../artifacts/records.js';
import type { Instance } from '../world/instance.js';
import type { Content, WorldFiles } from './files.js';
import { numberOf } from './ids.js';
import type { Reading } from './makes.js';
import type { Sheet } from './sheet.js';

interface VersionFile {
  readonly path: string;
  /** Null of a reference. */
  readonly content: Content | null;
  readonly size: number | null;
  readonly digest: string | null;
  readonly reference: string | null;
  readonly extra: Readonly<Record<string, unknown>>;
}

export type Version = Awaited<ReturnType<typeof readVersion>>;

export async function readVersion({ files, instance }: Reading, place: string, sheet: Sheet) {
  const source = sheet.sheet('source');
  const version = {
    place: sheet.place,
    id: sheet.text('id'),
    aliases: sheet.texts('aliases'),
    source: source && readSource(source),
    digest: sheet.text('digest'),
    algorithm: algorithmOf(sheet),
    tags: sheet.texts('tags'),
    description: sheet.text('description'),
    metadata: sheet.object('metadata'),
    ttlSeconds: sheet.count('ttlSeconds'),
    createdAt: sheet.time('createdAt'),
    updatedAt: sheet.time('updatedAt'),
    files: await readFiles(files, place, sheet),
  };
  sheet.end();
  return { ...version, files: version.files.map((file) => withDigest(instance, version, file)) };
}

function algorithmOf(sheet: Sheet): DigestAlgorithm {
  const name = sheet.text('digestAlgorithm') ?? 'MD5';
  if (name !== 'MD5' && name !== 'XXH128') throw sheet.mistake("`digestAlgorithm` must be 'MD5' or 'XXH128'");
  return `MANIFEST_${name}`;
}

/** Null for what names no version, such as 'v01': 'v1' is that one's only name. */
export function versionIndex(name: string): number | null {
  const [, digits] = /^v(0|[1-9]\d{0,14})$/.exec(name) ?? [];
  return digits === undefined ? null : Number(digits);
}

function readSource(sheet: Sheet) {
  const [entity, project, collection] = [
    sheet.text('entity'),
    sheet.text('project'),
    sheet.text('collection'),
  ];
  const index = versionIndex(sheet.text('version') ?? '');
  sheet.end();
  if (entity === null || project === null || collection === null || index === null)
    throw sheet.mistake('it needs `entity`, `project`, `collection` and `version`');
  return { entity, project, collection, index };
}

async function readFiles(files: WorldFiles, place: string, of: Sheet): Promise<VersionFile[]> {
  const read: VersionFile[] = [];
  for (const [path, { place: at, sheet }] of await files.ofUnit(place, of)) {
    const reference = sheet?.text('reference') ?? null;
    if (reference !== null && at !== null)
      throw of.mistake(`'${path}' is a reference, and a file lies there, too`);
    read.push({
      ...{ path, reference },
      content: reference === null ? await files.content(path, at, sheet) : null,
      size: sheet?.count('size') ?? null,
      digest: sheet?.text('digest') ?? null,
      extra: sheet?.object('extra') ?? {},
    });
    sheet?.end();
  }
  return read;
}

/** Makes a version with all that was recorded of it. */
export function makeVersion(instance: Instance, sequence: Collection, index: number, version: Version): void {
  const { versions, commits, storage, catalogue, world, digests } = instance;
  const artifact = versions.declare(sequence, {
    digest: '',
    digestAlgorithm: version.algorithm,
    description: version.description,
    metadata: version.metadata && JSON.stringify(version.metadata),
    labels: null,
    historyStep: null,
    ttlSeconds: version.ttlSeconds,
    distributedID: null,
    createdBy: null,
    createdAt: version.createdAt ?? Date.now(),
  });
  const number = numberOf(world, 'Artifact', version.id, (one) =>
    catalogue.artifacts.has(artifactId({ number: one })),
  );
  if (number !== null) {
    catalogue.artifacts.delete(artifactId(artifact));
    Object.assign(artifact, { number });
    catalogue.artifacts.set(artifactId(artifact), artifact);
  }
  for (const tag of version.tags) artifact.tags.set(tag, null);
  const body = storeFiles(instance, artifact, version);
  const bytes = manifestJson(body);
  artifact.digest =
    version.digest ?? artifactDigest(body.entries.values(), version.algorithm, digests.xxh128);
  const manifest = versions.addManifest(artifact, 'FULL', 'wandb_manifest.json');
  manifest.digest = md5(bytes);
  storage.put(manifest.key, bytes);
  versions.request(artifact, version.aliases);
  sequence.nextIndex = index;
  commits.settle(artifact, manifest, body);
  artifact.updatedAt = version.updatedAt;
}

function storeFiles(instance: Instance, artifact: Artifact, version: Version): ManifestBody {
  const entries = new Map<string, ManifestEntry>();
  for (const file of version.files) {
    const { path, content, reference, extra, size } = file;
    if (content === null) {
      const digest = file.digest ?? reference ?? '';
      entries.set(path, { path, digest, size, ref: reference, birthArtifactID: null, extra });
      continue;
    }
    const digest = file.digest ?? '';
    const bytes = content.bytes?.byteLength ?? size ?? 0;
    const birth = store(instance, artifact, digest, content, bytes);
    const isXxh = version.algorithm === 'MANIFEST_XXH128';
    const algorithm = isXxh ? { alg: 'XXH128' } : {};
    entries.set(path, {
      ...{ path, digest, size: bytes, ref: null },
      ...{ birthArtifactID: artifactId(birth), extra: algorithm },
    });
  }
  return { layout: 'V2', region: null, entries };
}

/** Stores a content with the version of its sequence that had it first. */
function store(
  { objects, storage }: Instance,
  artifact: Artifact,
  digest: string,
  content: Content,
  size: number,
): Artifact {
  const birth = objects.known(artifact.sequence, digest) ?? artifact;
  const key = objects.key('V2', birth, hexOf(digest));
  const there = storage.get(key);
  if (content.bytes !== null) {
    if (!there || there.isLeftOut) storage.put(key, content.bytes);
  } else if (!there) {
    const isMd5 = artifact.digestAlgorithm === 'MANIFEST_MD5';
    storage.leaveOut(key, { size, digest: isMd5 ? digest : null });
  }
  return birth;
}

/** A version whose digest is told has the files that it had; without it all is as the files are now. */
function withDigest(
  { digests }: Instance,
  version: { readonly place: string; readonly digest: string | null; readonly algorithm: DigestAlgorithm },
  file: VersionFile,
): VersionFile {
  const { path, content, digest: told } = file;
  if (content === null) return file;
  const fix = 'If that is meant, remove the `digest` of the version: digests are made anew then';
  if (content.bytes === null) {
    if (told !== null) return file;
    throw new TypeError(`${version.place}: '${path}' is left out and needs its \`digest\`.`);
  }
  const digest = digests.ofFile(content.bytes, version.algorithm);
  if (version.digest === null || told === digest) return { ...file, digest };
  const what = told === null ? 'is new' : 'has other content than was recorded';
  throw new TypeError(`${version.place}: '${path}' ${what}. ${fix}.`);
}

/** Makes a link to a version that is there by now, as was checked. */
export function makeLink(instance: Instance, portfolio: Collection, index: number, version: Version): void {
  const { world, catalogue } = instance;
  const { source } = version;
  if (source === null) return;
  const { entity, project, collection } = source;
  const from = world.entities.get(entity)?.projects.get(project)?.collections.get(collection);
  const artifact = from?.members.get(source.index)?.artifact;
  if (!artifact) return;
  portfolio.nextIndex = index;
  const member = catalogue.addMember(portfolio, artifact);
  for (const alias of version.aliases) catalogue.pointAlias(member, alias);
}
