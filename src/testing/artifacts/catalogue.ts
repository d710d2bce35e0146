import { GraphQLError } from 'graphql';
import { HttpError } from '../server/http.js';
import type { Project } from '../world/records.js';
import type { World } from '../world/world.js';
import { memberNamed } from './collections.js';
import { checkCollectionName, checkTypeName } from './names.js';
import {
  type Artifact,
  type ArtifactType,
  artifactId,
  type Collection,
  collectionId,
  type Manifest,
  type Membership,
  manifestId,
} from './records.js';

interface Shelf {
  readonly types: Map<string, ArtifactType>;
  readonly collections: Map<string, Collection>;
}

/** Which types, collections and versions there are, and where they are found: by name, by id, by the client's own id. */
export class Catalogue {
  private readonly shelves = new Map<Project, Shelf>();
  private readonly collections = new Map<string, Collection>();
  private readonly artifacts = new Map<string, Artifact>();
  private readonly manifests = new Map<string, Manifest>();
  private readonly clientIDs = new Map<string, Artifact | Collection>();

  constructor(private readonly world: World) {}

  types(project: Project): ArtifactType[] {
    return [...this.shelf(project).types.values()];
  }

  type(project: Project, name: string): ArtifactType | null {
    return this.shelf(project).types.get(name) ?? null;
  }

  ensureType(project: Project, name: string, description: string | null = null): ArtifactType {
    const known = this.type(project, name);
    if (known) return known;
    const type = { number: this.world.next(), project, name, description, createdAt: Date.now() };
    this.shelf(project).types.set(name, type);
    return type;
  }

  collectionsOf(project: Project): Collection[] {
    return [...this.shelf(project).collections.values()];
  }

  collection(project: Project, name: string): Collection | null {
    return this.shelf(project).collections.get(name) ?? null;
  }

  /** By id, those that were deleted too. */
  collectionById(id: string): Collection | null {
    return this.collections.get(id) ?? null;
  }

  /** Names are unique over sequences and portfolios, and a collection has one type. */
  ensureCollection(project: Project, typeName: string, name: string, kind: Collection['kind']): Collection {
    const known = this.collection(project, name);
    if (!known) {
      checkCollectionName(name);
      if (!this.type(project, typeName)) checkTypeName(typeName);
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
    this.shelf(type.project).collections.set(name, collection);
    this.collections.set(collectionId(collection), collection);
    return collection;
  }

  rename(collection: Collection, name: string): void {
    if (name === collection.name) return;
    checkCollectionName(name);
    if (this.collection(collection.project, name)) {
      throw new HttpError(409, `artifact collection ${name} already exists`);
    }
    this.remove(collection);
    collection.name = name;
    this.shelf(collection.project).collections.set(name, collection);
  }

  /** Its name is free again; by id it stays known. */
  remove(collection: Collection): void {
    this.shelf(collection.project).collections.delete(collection.name);
  }

  removeProject(project: Project): void {
    this.shelves.delete(project);
  }

  add(artifact: Artifact): void {
    this.artifacts.set(artifactId(artifact), artifact);
  }

  /** By id, whatever its state. */
  artifact(id: string): Artifact | null {
    return this.artifacts.get(id) ?? null;
  }

  all(): Iterable<Artifact> {
    return this.artifacts.values();
  }

  /** For mutations, which answer 404 where queries answer null. */
  artifactToChange(id: string): Artifact {
    const artifact = this.artifact(id);
    if (!artifact || artifact.state === 'DELETED') throw new HttpError(404, `artifact ${id} not found`);
    return artifact;
  }

  collectionToChange(id: string, kind: Collection['kind']): Collection {
    const collection = this.collectionById(id);
    if (collection?.state !== 'READY' || collection.kind !== kind) {
      throw new HttpError(404, `artifact ${kind.toLowerCase()} ${id} not found`);
    }
    return collection;
  }

  /** What 'collection', 'collection:alias' or 'collection:vN' means. */
  membership(project: Project, name: string): Membership | null {
    const colon = name.indexOf(':');
    const collection = this.collection(project, colon < 0 ? name : name.slice(0, colon));
    return collection ? memberNamed(collection, colon < 0 ? '' : name.slice(colon + 1)) : null;
  }

  addManifest(manifest: Manifest): void {
    this.manifests.set(manifestId(manifest), manifest);
  }

  manifest(id: string): Manifest | null {
    return this.manifests.get(id) ?? null;
  }

  mapClientID(clientID: string | null | undefined, entry: Artifact | Collection): void {
    if (clientID) this.clientIDs.set(clientID, entry);
  }

  clientID(clientID: string): Artifact | Collection | null {
    return this.clientIDs.get(clientID) ?? null;
  }

  private shelf(project: Project): Shelf {
    const known = this.shelves.get(project);
    if (known) return known;
    const shelf = { types: new Map(), collections: new Map() };
    this.shelves.set(project, shelf);
    return shelf;
  }
}
