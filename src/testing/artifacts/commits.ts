import { GraphQLError } from 'graphql';
import type { Instance } from '../world/instance.js';
import {
  artifactDigest,
  contentsOf,
  type ManifestBody,
  manifestJson,
  md5,
  parseManifest,
} from './manifest.js';
import { type Artifact, artifactId, type Manifest, type ManifestEntry, nameOf } from './records.js';

/** Makes versions of what was declared, once all of it is there. */
export class Commits {
  private readonly regions: Set<string>;

  constructor(private readonly instance: Instance) {
    this.regions = new Set(instance.settings.storageRegions);
  }

  /** Buckets of other regions than the server's own, and those that were seeded, are nowhere. */
  checkRegion(region: string | null): void {
    if (region !== null && !this.regions.has(region))
      throw new GraphQLError(`invalid storageRegion: ${region}`);
  }

  commit(artifact: Artifact): void {
    if (artifact.state === 'COMMITTED') return;
    this.instance.versions.checkPending(artifact);
    for (const { name, key } of artifact.declared.values()) {
      if (!this.instance.storage.get(key)) {
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
    const digest = artifactDigest(
      body.entries.values(),
      artifact.digestAlgorithm,
      this.instance.digests.xxh128,
    );
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
    this.instance.objects.remember(artifact);
    const member = this.instance.catalogue.addMember(artifact.sequence, artifact);
    for (const alias of artifact.requestedAliases) this.instance.catalogue.pointAlias(member, alias);
    this.showInRun(artifact, manifest);
  }

  private read(manifest: Manifest): ManifestBody {
    const object = this.instance.storage.get(manifest.key);
    if (!object) {
      throw new GraphQLError(`the manifest of artifact ${nameOf(manifest.artifact)} was not uploaded`);
    }
    return parseManifest(object.bytes);
  }

  private write(artifact: Artifact, body: ManifestBody): Manifest {
    const manifest = this.instance.versions.addManifest(artifact, 'FULL', 'wandb_manifest.json');
    const bytes = manifestJson(body);
    manifest.digest = md5(bytes);
    this.instance.storage.put(manifest.key, bytes);
    return manifest;
  }

  private checkEntries(artifact: Artifact, { layout, entries }: ManifestBody): void {
    const { storage, objects } = this.instance;
    for (const entry of entries.values()) {
      if (entry.ref !== null) continue;
      const object = storage.get(objects.keyOf(artifact, layout, entry));
      const name = JSON.stringify(entry.path);
      if (!object) {
        const isOwn = objects.birthOf(artifact, entry) === artifact;
        const where = isOwn ? '' : ` for the artifact ${entry.birthArtifactID}`;
        throw new GraphQLError(`file ${name} of artifact ${nameOf(artifact)} was not uploaded${where}`);
      }
      if (entry.size !== null && entry.size !== object.size) {
        throw new GraphQLError(`the manifest says ${entry.size} bytes for ${name}, which has ${object.size}`);
      }
    }
  }

  /** The service lists the manifests of what a run logged among the run's own files. */
  private showInRun(artifact: Artifact, manifest: Manifest): void {
    const object = this.instance.storage.get(manifest.key);
    if (!artifact.createdBy || !object) return;
    const name = `artifact/${artifact.number}/wandb_manifest.json`;
    this.instance.world.writeFinal(artifact.createdBy, name, object.bytes);
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
