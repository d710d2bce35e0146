import type { Settings } from '../options.js';
import type { Storage } from '../storage/storage.js';
import type { Project, Run } from '../world/records.js';
import type { World } from '../world/world.js';
import { Catalogue } from './catalogue.js';
import type { Digests } from './digests.js';
import { Lineage } from './lineage.js';
import { ArtifactObjects } from './objects.js';
import { Protection } from './protection.js';
import { Versions } from './versions.js';

/** The artifact store: everything about artifacts that the server knows. */
export class ArtifactStore {
  readonly catalogue: Catalogue;
  readonly objects: ArtifactObjects;
  readonly versions: Versions;
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
    this.versions = new Versions(
      world,
      storage,
      this.catalogue,
      this.objects,
      this.protection,
      digests,
      settings.storageRegions,
    );
  }

  /** Versions stay when the run that made them goes, unless the request says otherwise. */
  deleteRun(run: Run, deleteArtifacts: boolean): void {
    if (deleteArtifacts)
      for (const artifact of this.lineage.outputs(run))
        if (artifact.createdBy === run) this.versions.delete(artifact, true);
    this.lineage.forget(run);
    this.world.deleteRun(run);
  }

  deleteProject(project: Project): void {
    this.versions.deleteProject(project);
    for (const run of [...project.runs.values()]) this.lineage.forget(run);
    this.world.deleteProject(project);
  }
}
