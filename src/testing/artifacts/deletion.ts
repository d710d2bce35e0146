import { GraphQLError } from 'graphql';
import type { Instance } from '../world/instance.js';
import type { Project, Run } from '../world/records.js';
import { checkProtected } from './collections.js';
import { type Artifact, type Collection, nameOf } from './records.js';

/** Deletes versions, and collections, runs and projects with theirs. */
export class Deletion {
  constructor(private readonly instance: Instance) {}

  delete(artifact: Artifact, deleteAliases: boolean): void {
    const aliases = [...artifact.memberships].flatMap((member) => [...member.aliases.keys()]);
    if (aliases.length > 0 && !deleteAliases) {
      throw new GraphQLError(
        `artifact ${nameOf(artifact)} has aliases (${aliases.join(', ')}): delete them first, or with it`,
      );
    }
    for (const member of artifact.memberships) checkProtected(member.collection, member.aliases.keys());
    this.discard(artifact);
  }

  deleteCollection(collection: Collection): void {
    checkProtected(collection, collection.aliases.keys());
    if (collection.kind === 'PORTFOLIO') {
      for (const member of [...collection.members.values()].reverse())
        this.instance.catalogue.removeMember(member);
    } else {
      const versions = [...this.instance.catalogue.artifacts.values()].filter(
        (artifact) => artifact.sequence === collection,
      );
      for (const artifact of versions)
        for (const member of artifact.memberships) checkProtected(member.collection, member.aliases.keys());
      for (const artifact of versions) if (artifact.state !== 'DELETED') this.discard(artifact);
    }
    collection.state = 'DELETED';
    this.instance.catalogue.remove(collection);
  }

  /** Versions stay when the run that made them goes, unless the request says otherwise. */
  deleteRun(run: Run, deleteArtifacts: boolean): void {
    if (deleteArtifacts)
      for (const artifact of run.outputs)
        if (artifact.createdBy === run && artifact.state === 'COMMITTED') this.delete(artifact, true);
    for (const artifact of run.inputs.keys()) artifact.users.delete(run);
    this.instance.world.deleteRun(run);
  }

  deleteProject(project: Project): void {
    const collections = [...project.collections.values()];
    for (const collection of collections) checkProtected(collection, collection.aliases.keys());
    for (const collection of collections) this.deleteCollection(collection);
    for (const run of [...project.runs.values()]) this.deleteRun(run, false);
    this.instance.world.deleteProject(project);
  }

  private discard(artifact: Artifact): void {
    for (const member of [...artifact.memberships]) this.instance.catalogue.removeMember(member);
    artifact.state = 'DELETED';
    artifact.updatedAt = Date.now();
    this.instance.objects.release(artifact, this.instance.catalogue.artifacts.values());
  }
}
