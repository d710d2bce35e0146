import { randomBytes } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { Instance } from '../world/instance.js';
import { memberOf } from './collections.js';
import {
  type Artifact,
  artifactId,
  type Collection,
  type DigestAlgorithm,
  type Manifest,
  type ManifestType,
  manifestId,
  nameOf,
} from './records.js';

/** What a version is declared with. */
type Declaration = Pick<
  Artifact,
  'digest' | 'digestAlgorithm' | 'description' | 'metadata' | 'labels' | 'historyStep' | 'ttlSeconds'
> &
  Pick<Artifact, 'distributedID' | 'createdBy'> &
  Partial<Pick<Artifact, 'createdAt'>>;

/** The versions to be: declared, given their manifests and aliases. */
export class Versions {
  constructor(private readonly instance: Instance) {}

  /** The committed version of a sequence that has this digest: it isn't made again. */
  duplicate(sequence: Collection, digest: string, algorithm: DigestAlgorithm): Artifact | null {
    for (const { artifact } of sequence.members.values())
      if (artifact.digest === digest && artifact.digestAlgorithm === algorithm) return artifact;
    return null;
  }

  /** The version that several runs are making together. Once it is committed, the next one with the ID is a new one. */
  distributed(sequence: Collection, distributedID: string): Artifact | null {
    for (const artifact of this.instance.catalogue.artifacts.values()) {
      const isIt = artifact.sequence === sequence && artifact.distributedID === distributedID;
      if (isIt && artifact.state === 'PENDING') return artifact;
    }
    return null;
  }

  declare(sequence: Collection, declaration: Declaration): Artifact {
    const artifact: Artifact = {
      ...declaration,
      number: this.instance.world.next(),
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
      users: new Set(),
    };
    this.instance.catalogue.artifacts.set(artifactId(artifact), artifact);
    return artifact;
  }

  /** A full or incremental manifest is one record however often it is asked for; each patch is one of its own. */
  manifest(artifact: Artifact, type: ManifestType, name: string): Manifest {
    this.checkPending(artifact);
    const known = type === 'PATCH' ? undefined : artifact.manifests.find((other) => other.type === type);
    return known ?? this.addManifest(artifact, type, name);
  }

  checkPending(artifact: Artifact): void {
    if (artifact.state !== 'PENDING') {
      throw new GraphQLError(
        `artifact ${nameOf(artifact)} is ${artifact.state.toLowerCase()}: it can't be changed`,
      );
    }
  }

  /** Sets aliases now, or with the commit. */
  request(artifact: Artifact, aliases: readonly string[]): void {
    const member = memberOf(artifact.sequence, artifact);
    for (const alias of aliases) {
      if (member) this.instance.catalogue.pointAlias(member, alias);
      else artifact.requestedAliases.add(alias);
    }
  }

  addManifest(artifact: Artifact, type: ManifestType, name: string): Manifest {
    const number = this.instance.world.next();
    const key = this.instance.objects.manifestKey(artifact, number, name);
    const createdAt = Date.now();
    const manifest: Manifest = { number, artifact, type, name, digest: '', base: null, createdAt, key };
    artifact.manifests.push(manifest);
    this.instance.catalogue.manifests.set(manifestId(manifest), manifest);
    return manifest;
  }
}
