import { GraphQLError } from 'graphql';
import type { Project } from '../world/records.js';
import type { World } from '../world/world.js';
import type { Catalogue } from './catalogue.js';
import { type Protection, removeMember } from './collections.js';
import type { ArtifactObjects } from './objects.js';
import { type Artifact, type Collection, nameOf } from './records.js';

/** Deletes versions, and collections and projects with theirs. */
export class Deletion {
  constructor(
    private readonly world: World,
    private readonly catalogue: Catalogue,
    private readonly objects: ArtifactObjects,
    private readonly protection: Protection,
  ) {}

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

  private discard(artifact: Artifact): void {
    for (const member of [...artifact.memberships]) removeMember(member, () => this.world.next());
    artifact.state = 'DELETED';
    artifact.updatedAt = Date.now();
    this.objects.release(artifact, this.catalogue.all());
  }
}
