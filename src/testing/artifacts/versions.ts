import { randomBytes } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { Storage } from '../storage/storage.js';
import type { Project, Run } from '../world/records.js';
import type { World } from '../world/world.js';
import type { Catalogue } from './catalogue.js';
import { addMember, memberOf, pointAlias, removeMember } from './collections.js';
import { type Digests, md5 } from './digests.js';
import { artifactDigest, contentsOf, type ManifestBody, manifestJson, parseManifest } from './manifest.js';
import { type ArtifactObjects, isBornIn } from './objects.js';
import type { Protection } from './protection.js';
import {
  type Artifact,
  artifactId,
  type Collection,
  type DigestAlgorithm,
  type Manifest,
  type ManifestEntry,
  type ManifestType,
  nameOf,
} from './records.js';

/** What a version is declared with. */
export interface Declaration {
  readonly digest: string;
  readonly digestAlgorithm: DigestAlgorithm;
  readonly description: string | null;
  readonly metadata: string | null;
  readonly labels: string | null;
  readonly historyStep: number | null;
  readonly ttlSeconds: number | null;
  readonly distributedID: string | null;
  readonly createdBy: Run | null;
  readonly createdAt?: number;
}

/** The life of a version: declared, given its manifests, committed, deleted. */
export class Versions {
  private readonly regions: Set<string>;

  constructor(
    private readonly world: World,
    private readonly storage: Storage,
    private readonly catalogue: Catalogue,
    private readonly objects: ArtifactObjects,
    private readonly protection: Protection,
    private readonly digests: Digests,
    regions: readonly string[],
  ) {
    this.regions = new Set(regions);
  }

  /** The committed version of a sequence that has this digest: it isn't made again. */
  duplicate(sequence: Collection, digest: string, algorithm: DigestAlgorithm): Artifact | null {
    for (const { artifact } of sequence.members.values())
      if (artifact.digest === digest && artifact.digestAlgorithm === algorithm) return artifact;
    return null;
  }

  /** The version that several runs are making together. Once it is committed, the next one with the ID is a new one. */
  distributed(sequence: Collection, distributedID: string): Artifact | null {
    for (const artifact of this.catalogue.all()) {
      const isIt = artifact.sequence === sequence && artifact.distributedID === distributedID;
      if (isIt && artifact.state === 'PENDING') return artifact;
    }
    return null;
  }

  declare(sequence: Collection, declaration: Declaration): Artifact {
    const artifact: Artifact = {
      ...declaration,
      number: this.world.next(),
      sequence,
      state: 'PENDING',
      tags: new Map(),
      createdAt: declaration.createdAt ?? Date.now(),
      updatedAt: null,
      commitHash: randomBytes(10).toString('hex'),
      requestedAliases: new Set(),
      manifests: [],
      declared: new Map(),
      contents: null,
      memberships: new Set(),
    };
    this.catalogue.add(artifact);
    return artifact;
  }

  /** A full or incremental manifest is one record however often it is asked for; each patch is one of its own. */
  manifest(artifact: Artifact, type: ManifestType, name: string): Manifest {
    this.checkPending(artifact);
    const known = type === 'PATCH' ? undefined : artifact.manifests.find((other) => other.type === type);
    return known ?? this.addManifest(artifact, type, name);
  }

  /** Buckets of other regions than the server's own, and those that were seeded, are nowhere. */
  checkRegion(region: string | null): void {
    if (region !== null && !this.regions.has(region))
      throw new GraphQLError(`invalid storageRegion: ${region}`);
  }

  checkPending(artifact: Artifact): void {
    if (artifact.state !== 'PENDING') {
      throw new GraphQLError(
        `artifact ${nameOf(artifact)} is ${artifact.state.toLowerCase()}: it can't be changed`,
      );
    }
  }

  commit(artifact: Artifact): void {
    if (artifact.state === 'COMMITTED') return;
    this.checkPending(artifact);
    for (const { name, key } of artifact.declared.values()) {
      if (!this.storage.get(key)) {
        throw new GraphQLError(
          `file ${JSON.stringify(name)} of artifact ${nameOf(artifact)} was not uploaded`,
        );
      }
    }
    const parts = artifact.manifests.filter(({ type, digest }) => type !== 'PATCH' || digest !== '');
    const last = parts.at(-1);
    if (!last) throw new GraphQLError(`artifact ${nameOf(artifact)} has no manifest`);
    const bodies = parts.map((manifest) => this.read(manifest));
    const isWhole = parts.length === 1 && last.type === 'FULL';
    const body = merge(parts, bodies);
    const digest = artifactDigest(body.entries.values(), artifact.digestAlgorithm, this.digests.xxh128);
    if (isWhole && digest !== artifact.digest) {
      throw new GraphQLError(
        `artifact ${nameOf(artifact)} was declared with the digest ${artifact.digest}, but that of its manifest is ${digest}`,
      );
    }
    this.checkRegion(body.region);
    this.checkEntries(artifact, body);
    // Only the whole of parts that were merged tells its digest: what the client declared was a part's.
    artifact.digest = digest;
    this.settle(artifact, isWhole ? last : this.write(artifact, body), body);
  }

  /** A version whose bytes are all there joins its collection. */
  settle(artifact: Artifact, manifest: Manifest, body: ManifestBody): void {
    artifact.contents = contentsOf(manifest, body);
    this.regions.add(artifact.contents.region);
    artifact.state = 'COMMITTED';
    this.objects.remember(artifact);
    const member = addMember(artifact.sequence, artifact, () => this.world.next());
    for (const alias of artifact.requestedAliases) pointAlias(member, alias, () => this.world.next());
    this.showInRun(artifact, manifest);
  }

  /** Sets aliases now, or with the commit. */
  request(artifact: Artifact, aliases: readonly string[]): void {
    const member = memberOf(artifact.sequence, artifact);
    for (const alias of aliases) {
      if (member) pointAlias(member, alias, () => this.world.next());
      else artifact.requestedAliases.add(alias);
    }
  }

  delete(artifact: Artifact, deleteAliases: boolean): void {
    const aliases = [...artifact.memberships].flatMap((member) => [...member.aliases.keys()]);
    if (aliases.length > 0 && !deleteAliases) {
      throw new GraphQLError(
        `artifact ${nameOf(artifact)} has aliases (${aliases.join(', ')}): delete them first, or with it`,
      );
    }
    for (const member of artifact.memberships)
      this.protection.check(member.collection, member.aliases.keys());
    this.discard(artifact);
  }

  deleteCollection(collection: Collection): void {
    this.protection.check(collection, collection.aliases.keys());
    if (collection.kind === 'PORTFOLIO') {
      for (const member of [...collection.members.values()].reverse())
        removeMember(member, () => this.world.next());
    } else {
      const versions = [...this.catalogue.all()].filter((artifact) => artifact.sequence === collection);
      for (const artifact of versions)
        for (const member of artifact.memberships)
          this.protection.check(member.collection, member.aliases.keys());
      for (const artifact of versions) if (artifact.state !== 'DELETED') this.discard(artifact);
    }
    collection.state = 'DELETED';
    this.catalogue.remove(collection);
  }

  deleteProject(project: Project): void {
    const collections = this.catalogue.collectionsOf(project);
    for (const collection of collections) this.protection.check(collection, collection.aliases.keys());
    for (const collection of collections) this.deleteCollection(collection);
    this.catalogue.removeProject(project);
  }

  addManifest(artifact: Artifact, type: ManifestType, name: string): Manifest {
    const number = this.world.next();
    const key = this.objects.manifestKey(artifact, number, name);
    const manifest: Manifest = {
      number,
      artifact,
      type,
      name,
      digest: '',
      base: null,
      createdAt: Date.now(),
      key,
    };
    artifact.manifests.push(manifest);
    this.catalogue.addManifest(manifest);
    return manifest;
  }

  private discard(artifact: Artifact): void {
    for (const member of [...artifact.memberships]) removeMember(member, () => this.world.next());
    artifact.state = 'DELETED';
    artifact.updatedAt = Date.now();
    this.objects.release(artifact, this.catalogue.all());
  }

  private read(manifest: Manifest): ManifestBody {
    const object = this.storage.get(manifest.key);
    if (!object) {
      throw new GraphQLError(`the manifest of artifact ${nameOf(manifest.artifact)} was not uploaded`);
    }
    return parseManifest(object.bytes);
  }

  private write(artifact: Artifact, body: ManifestBody): Manifest {
    const manifest = this.addManifest(artifact, 'FULL', 'wandb_manifest.json');
    const bytes = manifestJson(body);
    manifest.digest = md5(bytes);
    this.storage.put(manifest.key, bytes);
    return manifest;
  }

  private checkEntries(artifact: Artifact, { layout, entries }: ManifestBody): void {
    for (const entry of entries.values()) {
      if (entry.ref !== null) continue;
      const object = this.storage.get(this.objects.keyOf(artifact, layout, entry));
      if (!object) throw this.missing(artifact, entry);
      if (entry.size !== null && entry.size !== object.bytes.byteLength) {
        throw new GraphQLError(
          `the manifest says ${entry.size} bytes for ${JSON.stringify(entry.path)}, which has ${object.bytes.byteLength}`,
        );
      }
    }
  }

  private missing(artifact: Artifact, entry: ManifestEntry): GraphQLError {
    const where = isBornIn(artifact, entry) ? '' : ` for the artifact ${entry.birthArtifactID}`;
    return new GraphQLError(
      `file ${JSON.stringify(entry.path)} of artifact ${nameOf(artifact)} was not uploaded${where}`,
    );
  }

  /** The service lists the manifests of what a run logged among the run's own files. */
  private showInRun(artifact: Artifact, manifest: Manifest): void {
    const object = this.storage.get(manifest.key);
    if (!artifact.createdBy || !object) return;
    this.world.writeFinal(
      artifact.createdBy,
      `artifact/${artifact.number}/wandb_manifest.json`,
      object.bytes,
    );
  }
}

/**
 * Later manifests win. What an incremental one doesn't name stays as it was in the version it builds on. Patches are
 * parts of a version that is made anew: clients name a base with them, as they do with full ones, but it isn't one.
 */
function merge(parts: readonly Manifest[], bodies: readonly ManifestBody[]): ManifestBody {
  const entries = new Map<string, ManifestEntry>();
  for (const { type, base } of parts) {
    if (type !== 'INCREMENTAL' || !base?.contents) continue;
    for (const entry of base.contents.entries) {
      const birthArtifactID = entry.ref === null ? (entry.birthArtifactID ?? artifactId(base)) : null;
      entries.set(entry.path, { ...entry, birthArtifactID });
    }
  }
  for (const body of bodies) for (const [path, entry] of body.entries) entries.set(path, entry);
  const last = bodies.at(-1);
  return { layout: last?.layout ?? 'V2', region: last?.region ?? null, entries };
}
