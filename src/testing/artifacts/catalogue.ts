import { GraphQLError } from 'graphql';
import { HttpError } from '../server/http.js';
import { ensure, type Project } from '../world/records.js';
import type { World } from '../world/world.js';
import { dropAlias, memberNamed } from './collections.js';
import { checkCollectionName, checkTypeName } from './names.js';
import {
  type Alias,
  type Artifact,
  type ArtifactType,
  type Collection,
  collectionId,
  type Manifest,
  type Membership,
} from './records.js';

/** Makes types, collections and their members, and finds what there is: by name, by id, by the client's own id. */
export class Catalogue {
  /** By id, those that were deleted too. */
  readonly collections = new Map<string, Collection>();
  readonly artifacts = new Map<string, Artifact>();
  readonly manifests = new Map<string, Manifest>();
  readonly clientIDs = new Map<string, Artifact | Collection>();

  constructor(private readonly world: World) {}

  ensureType(project: Project, name: string, description: string | null = null): ArtifactType {
    return ensure(project.types, name, () => ({
      number: this.world.next(),
      project,
      name,
      description,
      createdAt: Date.now(),
    }));
  }

  /** Names are unique over sequences and portfolios, and a collection has one type. */
  ensureCollection(project: Project, typeName: string, name: string, kind: Collection['kind']): Collection {
    const known = project.collections.get(name);
    if (!known) {
      checkCollectionName(name);
      if (!project.types.has(typeName)) checkTypeName(typeName);
      return this.makeCollection(this.ensureType(project, typeName), name, kind);
    }
    if (known.kind !== kind)
      throw new GraphQLError(`artifact collection ${name} is a ${known.kind.toLowerCase()}`);
    if (known.type.name !== typeName) {
      throw new GraphQLError(`artifact collection ${name} has the type ${known.type.name}, not ${typeName}`);
    }
    return known;
  }

  makeCollection(type: ArtifactType, name: string, kind: Collection['kind']): Collection {
    const now = Date.now();
    const collection: Collection = {
      number: this.world.next(),
      kind,
      project: type.project,
      name,
      type,
      description: null,
      state: 'READY',
      createdAt: now,
      updatedAt: now,
      tags: new Map(),
      members: new Map(),
      aliases: new Map(),
      nextIndex: 0,
    };
    type.project.collections.set(name, collection);
    this.collections.set(collectionId(collection), collection);
    return collection;
  }

  rename(collection: Collection, name: string): void {
    if (name === collection.name) return;
    checkCollectionName(name);
    if (collection.project.collections.has(name)) {
      throw new HttpError(409, `artifact collection ${name} already exists`);
    }
    this.remove(collection);
    collection.name = name;
    collection.project.collections.set(name, collection);
  }

  /** Its name is free again; by id it stays known. */
  remove(collection: Collection): void {
    collection.project.collections.delete(collection.name);
  }

  /** For mutations, which answer 404 where queries answer null. */
  artifactToChange(id: string): Artifact {
    const artifact = this.artifacts.get(id);
    if (!artifact || artifact.state === 'DELETED') throw new HttpError(404, `artifact ${id} not found`);
    return artifact;
  }

  collectionToChange(id: string, kind: Collection['kind']): Collection {
    const collection = this.collections.get(id);
    if (collection?.state !== 'READY' || collection.kind !== kind) {
      throw new HttpError(404, `artifact ${kind.toLowerCase()} ${id} not found`);
    }
    return collection;
  }

  /** What 'collection', 'collection:alias' or 'collection:vN' means. */
  membership(project: Project, name: string): Membership | null {
    const colon = name.indexOf(':');
    const collection = project.collections.get(colon < 0 ? name : name.slice(0, colon));
    return collection ? memberNamed(collection, colon < 0 ? '' : name.slice(colon + 1)) : null;
  }

  mapClientID(clientID: string | null | undefined, entry: Artifact | Collection): void {
    if (clientID) this.clientIDs.set(clientID, entry);
  }

  addMember(collection: Collection, artifact: Artifact): Membership {
    const versionIndex = collection.nextIndex++;
    const createdAt = Date.now();
    const number = this.world.next();
    const member = { number, collection, artifact, versionIndex, createdAt, aliases: new Map() };
    collection.members.set(versionIndex, member);
    collection.updatedAt = createdAt;
    artifact.memberships.add(member);
    return member;
  }

  /** `latest` goes to the newest of those that remain; other aliases end with their version. */
  removeMember(member: Membership): void {
    const { collection, artifact, versionIndex } = member;
    const hadLatest = member.aliases.has('latest');
    for (const name of [...member.aliases.keys()]) dropAlias(collection, name);
    collection.members.delete(versionIndex);
    artifact.memberships.delete(member);
    collection.updatedAt = Date.now();
    const newest = [...collection.members.values()].at(-1);
    if (hadLatest && newest) this.pointAlias(newest, 'latest');
  }

  /** An alias stands for one version of a collection: it leaves the one that had it. */
  pointAlias(member: Membership, name: string): void {
    const known = member.collection.aliases.get(name);
    if (known?.membership === member) return;
    if (known) dropAlias(member.collection, name);
    const alias: Alias = { number: this.world.next(), name, membership: member };
    member.collection.aliases.set(name, alias);
    member.aliases.set(name, alias);
  }
}
