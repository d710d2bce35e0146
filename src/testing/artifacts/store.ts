import type { Settings } from '../options.js';
import type { Storage } from '../storage/objects.js';
import type { Project, Run } from '../world/records.js';
import type { World } from '../world/world.js';
import { Catalogue } from './catalogue.js';
import { Protection } from './collections.js';
import { Commits } from './commits.js';
import { Deletion } from './deletion.js';
import type { Digests } from './manifest.js';
import { ArtifactObjects } from './objects.js';
import type { Artifact } from './records.js';
import { Versions } from './versions.js';

/** The artifact store: everything about artifacts that the server knows. */
export class ArtifactStore {
  readonly catalogue: Catalogue;
  readonly objects: ArtifactObjects;
  readonly versions: Versions;
  readonly commits: Commits;
  readonly deletion: Deletion;
  readonly protection: Protection;
  readonly lineage = new Lineage();

  constructor(
    private readonly world: World,
    storage: Storage,
    settings: Settings,
    readonly digests: Digests,
  ) {
    this.catalogue = new Catalogue(world);
    this.objects = new ArtifactObjects(storage, (id) => this.catalogue.artifact(id));
    this.protection = new Protection(settings);
    this.versions = new Versions(world, this.catalogue, this.objects);
    const { objects, versions } = this;
    this.commits = new Commits({ world, storage, objects, versions, digests }, settings.storageRegions);
    this.deletion = new Deletion(world, this.catalogue, objects, this.protection);
  }

  /** Versions stay when the run that made them goes, unless the request says otherwise. */
  deleteRun(run: Run, deleteArtifacts: boolean): void {
    if (deleteArtifacts)
      for (const artifact of this.lineage.outputs(run))
        if (artifact.createdBy === run) this.deletion.delete(artifact, true);
    this.lineage.forget(run);
    this.world.deleteRun(run);
  }

  deleteProject(project: Project): void {
    this.deletion.deleteProject(project);
    for (const run of [...project.runs.values()]) this.lineage.forget(run);
    this.world.deleteProject(project);
  }
}

/** Which runs made and used which versions. */
class Lineage {
  private readonly made = new Map<Run, Set<Artifact>>();
  private readonly used = new Map<Run, Map<Artifact, Set<string>>>();

  addOutput(run: Run, artifact: Artifact): void {
    const outputs = this.made.get(run) ?? new Set();
    this.made.set(run, outputs.add(artifact));
  }

  addInput(run: Run, artifact: Artifact, usedAs: string | null): void {
    const inputs = this.used.get(run) ?? new Map<Artifact, Set<string>>();
    this.used.set(run, inputs);
    const names = inputs.get(artifact) ?? new Set();
    inputs.set(artifact, usedAs === null ? names : names.add(usedAs));
  }

  outputs(run: Run): Artifact[] {
    return [...(this.made.get(run) ?? [])].filter(isCommitted);
  }

  inputs(run: Run): { readonly artifact: Artifact; readonly usedAs: readonly string[] }[] {
    return [...(this.used.get(run) ?? [])]
      .filter(([artifact]) => isCommitted(artifact))
      .map(([artifact, usedAs]) => ({ artifact, usedAs: [...usedAs] }));
  }

  usersOf(artifact: Artifact): Run[] {
    return [...this.used].filter(([, inputs]) => inputs.has(artifact)).map(([run]) => run);
  }

  forget(run: Run): void {
    this.made.delete(run);
    this.used.delete(run);
  }
}

const isCommitted = ({ state }: Artifact): boolean => state === 'COMMITTED';
