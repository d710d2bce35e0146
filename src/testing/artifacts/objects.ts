import type { Storage } from '../storage/objects.js';
import { ensure } from '../world/records.js';
import type { Artifact, Collection, ManifestEntry, StorageLayout } from './records.js';

/** Digests address objects in hexadecimal, whatever algorithm made them. */
export const hexOf = (digest: string): string => Buffer.from(digest, 'base64').toString('hex');

/** Where the bytes of artifacts lie in the storage, and which of them are there. */
export class ArtifactObjects {
  /** By sequence: the version that first had a content, by the digest's hexadecimal form. */
  private readonly births = new Map<Collection, Map<string, Artifact>>();

  constructor(
    private readonly storage: Storage,
    private readonly find: (id: string) => Artifact | undefined,
  ) {}

  /** Layout V2 keeps a content with the version that it was uploaded for, V1 once for an entity. */
  key(layout: StorageLayout, birth: Artifact, hex: string): string {
    return layout === 'V1'
      ? this.keyInEntity(birth.sequence.project.entity.number, hex)
      : `wandb_artifacts/${birth.sequence.number}/${birth.number}/${hex}`;
  }

  keyInEntity(entity: number, hex: string): string {
    return `wandb_artifacts/${entity}/${hex}`;
  }

  /** Apart from the files, as the service has it: clients tell the two by their addresses. */
  manifestKey(artifact: Artifact, number: number, name: string): string {
    return `wandb_storage/manifests/${artifact.sequence.number}/${artifact.number}/${number}/${name}`;
  }

  /** The version under which an entry's bytes lie: its own, if it names none. */
  birthOf(artifact: Artifact, entry: ManifestEntry): Artifact | undefined {
    return entry.birthArtifactID === null ? artifact : this.find(entry.birthArtifactID);
  }

  /** The key of an entry; for one that names a version that isn't there, a key under which nothing lies. */
  keyOf(artifact: Artifact, layout: StorageLayout, entry: ManifestEntry): string {
    const birth = this.birthOf(artifact, entry);
    const hex = hexOf(entry.digest);
    return birth ? this.key(layout, birth, hex) : `wandb_artifacts/${artifact.sequence.number}/0/${hex}`;
  }

  /** The version of a sequence that has the content already. */
  known(sequence: Collection, digest: string): Artifact | null {
    return this.births.get(sequence)?.get(hexOf(digest)) ?? null;
  }

  /** From now on these contents needn't be uploaded again. */
  remember(artifact: Artifact): void {
    const births = ensure(this.births, artifact.sequence, () => new Map<string, Artifact>());
    for (const entry of artifact.contents?.entries ?? []) {
      if (entry.ref !== null || this.birthOf(artifact, entry) !== artifact) continue;
      ensure(births, hexOf(entry.digest), () => artifact);
    }
  }

  /** Deletes what only this version still had, and all manifests of it. */
  release(artifact: Artifact, others: Iterable<Artifact>): void {
    for (const manifest of artifact.manifests) this.storage.delete(manifest.key);
    if (!artifact.contents) return;
    const { layout, entries } = artifact.contents;
    const keys = new Set(
      entries.filter((entry) => entry.ref === null).map((entry) => this.keyOf(artifact, layout, entry)),
    );
    for (const other of others) {
      if (other === artifact || other.state !== 'COMMITTED' || !other.contents) continue;
      for (const entry of other.contents.entries)
        keys.delete(this.keyOf(other, other.contents.layout, entry));
    }
    for (const key of keys) this.storage.delete(key);
    const births = this.births.get(artifact.sequence);
    for (const [hex, birth] of births ?? [])
      if (!this.storage.get(this.key(layout, birth, hex))) births?.delete(hex);
  }

  /** The object that an address of the API names: born in this version, or part of it. */
  addressed(id: string, hex: string): string | null {
    const artifact = this.find(id);
    if (!artifact) return null;
    const own = this.key('V2', artifact, hex);
    if (this.storage.get(own)) return own;
    const { contents } = artifact;
    const entry = contents?.entries.find((one) => one.ref === null && hexOf(one.digest) === hex);
    return contents && entry ? this.keyOf(artifact, contents.layout, entry) : null;
  }
}
