import { LRUCache } from 'lru-cache';
import { isAtOrBelow, type TreePath } from '../../../contract/tree-path.js';
import { FindReferencedDocument } from '../../../wire/generated.js';
import { timeOf } from '../../common/rows.js';
import { sharedLoads } from '../../common/turn-batch.js';
import type { ArtifactsContext } from '../context.js';
import type { Manifest, ManifestEntry } from '../manifest/format.js';
import { placeOf } from '../places.js';
import type { VersionFile } from '../reading/addresses.js';
import { lookUpVersion, type Version } from './version-queries.js';

const MOST_KNOWN = 20_000;

/** What a manifest tells of one file, and whose it is. */
interface FoundEntry {
  readonly version: Version;
  readonly manifest: Manifest;
  readonly entry: ManifestEntry;
}

/** Finds versions, and remembers what their paths stand for until a look-up finds nothing there. */
export class Versions {
  // A size of 1 each: `max` would set aside memory for all entries at once.
  private readonly known = new LRUCache<TreePath, Version>({ maxSize: MOST_KNOWN, sizeCalculation: () => 1 });
  private readonly finding = sharedLoads<Version | null, TreePath>((unit, signal) => this.ask(unit, signal));
  private readonly knownById = new LRUCache<string, Version>({
    maxSize: MOST_KNOWN,
    sizeCalculation: () => 1,
  });

  constructor(private readonly context: ArtifactsContext) {}

  /** What was found at a path, as long as a look-up finds it there. */
  peek(unit: TreePath): Version | null {
    return this.known.get(unit) ?? null;
  }

  learn(unit: TreePath, version: Version): void {
    this.known.set(unit, version);
  }

  /** What is at and below the path was deleted; a collection that is made anew counts from 0 again. */
  forgetBelow(path: TreePath): void {
    for (const unit of [...this.known.keys()]) if (isAtOrBelow(unit, path)) this.known.delete(unit);
  }

  /** The version at a path, by number or alias; null: there is none. */
  async find(unit: TreePath, signal: AbortSignal | undefined): Promise<Version | null> {
    return this.known.get(unit) ?? (await this.finding(unit, signal));
  }

  /** The file at a path; null: there is no such version. */
  async fileAt(path: TreePath, signal: AbortSignal | undefined): Promise<VersionFile | null> {
    const { unit, file: name } = placeOf(path);
    const version = unit === null || name === null ? null : await this.find(unit, signal);
    return version && name !== null ? { version, name } : null;
  }

  /** What the manifest tells of the file at a path; null: there is none. Manifests that were read once cost no request. */
  async entryAt(path: TreePath, signal: AbortSignal | undefined): Promise<FoundEntry | null> {
    const file = await this.fileAt(path, signal);
    if (!file) return null;
    const manifest = await this.context.manifests.get(file.version.id, signal);
    const entry = manifest.entries.get(file.name);
    return entry ? { version: file.version, manifest, entry } : null;
  }

  private async ask(unit: TreePath, signal: AbortSignal): Promise<Version | null> {
    const { collection, alias } = placeOf(unit);
    if (!collection || alias === null) return null;
    const wanted = { names: [], hasManifest: true };
    const answer = await lookUpVersion(this.context, { ...collection, alias }, wanted, signal);
    const version = answer?.member?.version ?? null;
    if (version?.name === alias) this.learn(unit, version);
    return version;
  }

  /** A version by its id, as references name it; null: it isn't there, or not for this key. */
  async byId(id: string, signal: AbortSignal | undefined): Promise<Version | null> {
    const known = this.knownById.get(id);
    if (known) return known;
    const { artifact } = await this.context.client.run(FindReferencedDocument, { id }, { signal });
    if (artifact?.state !== 'COMMITTED') return null;
    this.context.manifests.learn(id, artifact);
    const { artifactSequence: sequence, createdAt, versionIndex } = artifact;
    const version: Version = {
      id,
      madeAtMs: timeOf(createdAt),
      entity: sequence.project.entity.name,
      project: sequence.project.name,
      collection: sequence.name,
      collectionId: sequence.id,
      name: `v${versionIndex ?? ''}`,
      isMembership: false,
    };
    this.knownById.set(id, version);
    return version;
  }
}
