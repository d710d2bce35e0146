import { GraphQLError } from 'graphql';
import type { Instance } from '../world/instance.js';
import type { Project } from '../world/records.js';
import { memberOf } from './collections.js';
import { artifactDigest, type ManifestBody, manifestJson, md5, parseManifest } from './manifest.js';
import { hexOf } from './objects.js';
import { type Artifact, artifactId, type Collection, collectionId, type ManifestEntry } from './records.js';
import type {
  SeedCollection,
  SeededCollection,
  SeededVersion,
  SeedLink,
  SeedReference,
  SeedVersion,
} from './seeding.js';

/** The bytes of a version by name. */
export function artifactFiles(instance: Instance, name: string): Record<string, Uint8Array> {
  const { objects, storage } = instance;
  const artifact = find(instance, name);
  const { contents } = artifact;
  if (!contents) return {};
  return Object.fromEntries(
    contents.entries.flatMap((entry): [string, Uint8Array][] => {
      const object = storage.get(objects.keyOf(artifact, contents.layout, entry));
      return entry.ref === null && object && !object.isLeftOut ? [[entry.path, object.bytes]] : [];
    }),
  );
}

function find({ world, catalogue }: Instance, path: string): Artifact {
  const [entity = '', project = '', name = ''] = path.split('/').map(decodeURIComponent);
  const found = world.entities.get(entity)?.projects.get(project);
  const member = found && catalogue.membership(found, name);
  if (!member) throw new TypeError(`There is no artifact '${path}' on the server.`);
  return member.artifact;
}

const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? Buffer.from(content) : content;

/** Puts collections and their versions on the server, as if they had long been there. */
export class ArtifactSeeder {
  constructor(private readonly instance: Instance) {}

  collection(path: string, what: SeedCollection): SeededCollection {
    const names = path.split('/').map(decodeURIComponent);
    const [entityName = '', projectName = '', typeName = '', name = ''] = names;
    if (names.length !== 4 || entityName === '' || projectName === '') {
      throw new TypeError(`Can't seed '${path}': expected 'entity/project/type/collection'.`);
    }
    if (what.versions && what.links)
      throw new TypeError(`Can't seed '${path}' with both versions and links.`);
    const { world } = this.instance;
    const project = world.ensureProject(world.ensureEntity(entityName), projectName);
    const collection = this.ensureCollection(project, typeName, name, what.links ? 'PORTFOLIO' : 'SEQUENCE');
    collection.description = what.description ?? collection.description;
    for (const tag of what.tags ?? []) collection.tags.set(tag, null);
    const versions = what.links
      ? what.links.map((link) => this.link(collection, link))
      : (what.versions ?? []).map((version) => this.version(collection, version));
    return { id: collectionId(collection), versions };
  }

  private ensureCollection(
    project: Project,
    typeName: string,
    name: string,
    kind: Collection['kind'],
  ): Collection {
    const { catalogue } = this.instance;
    const known = project.collections.get(name);
    if (!known) return catalogue.makeCollection(catalogue.ensureType(project, typeName), name, kind);
    if (known.kind !== kind || known.type.name !== typeName) {
      throw new TypeError(
        `'${name}' is there already, as a ${known.kind.toLowerCase()} of ${known.type.name}.`,
      );
    }
    return known;
  }

  private link(portfolio: Collection, { to, aliases = [] }: SeedLink): SeededVersion {
    const { catalogue } = this.instance;
    const artifact = find(this.instance, to);
    const member = memberOf(portfolio, artifact) ?? catalogue.addMember(portfolio, artifact);
    for (const alias of ['latest', ...aliases]) catalogue.pointAlias(member, alias);
    return { id: artifactId(artifact), version: `v${member.versionIndex}`, digest: artifact.digest };
  }

  private version(sequence: Collection, version: SeedVersion): SeededVersion {
    const { world, storage, versions, commits, digests } = this.instance;
    const algorithm = version.digestAlgorithm ?? 'MANIFEST_MD5';
    const run = version.run === undefined ? null : world.ensureRun(sequence.project, version.run);
    const artifact = versions.declare(sequence, {
      digest: '',
      digestAlgorithm: algorithm,
      description: version.description ?? null,
      metadata: version.metadata ? JSON.stringify(version.metadata) : null,
      labels: null,
      historyStep: null,
      ttlSeconds: version.ttlSeconds ?? null,
      distributedID: null,
      createdBy: run,
      createdAt: version.createdAt ?? Date.now(),
    });
    for (const tag of version.tags ?? []) artifact.tags.set(tag, null);
    const made = this.body(artifact, version);
    const bytes = version.manifest === undefined ? manifestJson(made) : rawManifest(version.manifest);
    const body = version.manifest === undefined ? made : readable(bytes, made);
    artifact.digest = artifactDigest(body.entries.values(), algorithm, digests.xxh128);
    const manifest = versions.addManifest(artifact, 'FULL', 'wandb_manifest.json');
    manifest.digest = md5(bytes);
    storage.put(manifest.key, bytes);
    versions.request(artifact, ['latest', ...(version.aliases ?? [])]);
    run?.outputs.add(artifact);
    if (version.state !== 'PENDING') commits.settle(artifact, manifest, body);
    const member = memberOf(sequence, artifact);
    const name = member ? `v${member.versionIndex}` : null;
    return { id: artifactId(artifact), version: name, digest: artifact.digest };
  }

  /** Stores the files and tells what a manifest of them says. */
  private body(artifact: Artifact, version: SeedVersion): ManifestBody {
    const { objects, storage, digests } = this.instance;
    const { storageLayout: layout = 'V2', storageRegion: region = null } = version;
    const isXxh = artifact.digestAlgorithm === 'MANIFEST_XXH128';
    const entries = new Map<string, ManifestEntry>();
    for (const [path, content] of Object.entries(version.files ?? {})) {
      const bytes = bytesOf(content);
      const digest = digests.ofFile(bytes, artifact.digestAlgorithm);
      const birth = objects.known(artifact.sequence, digest) ?? artifact;
      const key = objects.key(layout, birth, hexOf(digest));
      if (!storage.get(key)) storage.put(key, bytes);
      const birthArtifactID = artifactId(birth);
      const extra = isXxh ? { alg: 'XXH128' } : {};
      entries.set(path, { path, digest, size: bytes.byteLength, ref: null, birthArtifactID, extra });
    }
    for (const [path, reference] of Object.entries(version.references ?? {}))
      entries.set(path, referenceEntry(path, reference));
    return { layout, region, entries };
  }
}

function referenceEntry(path: string, reference: SeedReference): ManifestEntry {
  const { ref, digest, size, extra } = typeof reference === 'string' ? { ref: reference } : reference;
  return { path, digest: digest ?? ref, size: size ?? null, ref, birthArtifactID: null, extra: extra ?? {} };
}

function rawManifest(manifest: NonNullable<SeedVersion['manifest']>): Uint8Array {
  if (typeof manifest === 'string' || manifest instanceof Uint8Array) return bytesOf(manifest);
  return Buffer.from(JSON.stringify(manifest));
}

/** What can be read of a manifest that may be none. */
function readable(bytes: Uint8Array, made: ManifestBody): ManifestBody {
  try {
    return parseManifest(bytes);
  } catch (error) {
    if (error instanceof GraphQLError) return { ...made, entries: new Map() };
    throw error;
  }
}
