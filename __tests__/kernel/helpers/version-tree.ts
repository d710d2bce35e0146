import { type TreePath, treePath } from '../../../src/contract/tree-path.js';
import type { StoredFile } from './version-entries.js';

export type Files = Map<string, StoredFile>;

interface Collection {
  readonly versions: Map<string, Files>;
  readonly aliases: Map<string, string>;
  /** How many versions were ever made. */
  count: number;
}

/** What stands at a version's path or at an alias's. */
export interface Member {
  readonly name: string;
  readonly version: string;
  readonly unit: TreePath;
  readonly files: Files;
}

export const UNIT_DEPTH = 5;
export const COLLECTION_DEPTH = 4;

/** What a store of versions in memory holds, by its paths. */
export class VersionTree {
  readonly collections = new Map<TreePath, Collection>();
  private readonly projects: Set<TreePath>;

  /** @param projects that are there before they have a collection */
  constructor(projects: readonly TreePath[]) {
    this.projects = new Set(projects);
  }

  addProject(path: TreePath): void {
    this.projects.add(path);
  }

  /** Adds a version to a collection, which it may begin. */
  add(path: TreePath, files: Files, aliases: readonly string[] = []): string {
    const collection = this.collections.get(path) ?? { versions: new Map(), aliases: new Map(), count: 0 };
    this.collections.set(path, collection);
    const version = `v${collection.count++}`;
    collection.versions.set(version, files);
    for (const alias of ['latest', ...aliases]) collection.aliases.set(alias, version);
    return version;
  }

  removeVersion({ unit, version }: Member): void {
    const collection = this.collections.get(above(unit, COLLECTION_DEPTH));
    if (!collection) return;
    collection.versions.delete(version);
    for (const [known, meant] of collection.aliases) if (meant === version) collection.aliases.delete(known);
  }

  setAlias(path: TreePath, version: string): void {
    this.collections.get(above(path, COLLECTION_DEPTH))?.aliases.set(nameOf(path), version);
  }

  dropAlias(path: TreePath): void {
    this.collections.get(above(path, COLLECTION_DEPTH))?.aliases.delete(nameOf(path));
  }

  memberAt(path: TreePath): Member | null {
    const directory = above(path, COLLECTION_DEPTH);
    const collection = this.collections.get(directory);
    const name = nameOf(path);
    const version = collection?.aliases.get(name) ?? name;
    const files = collection?.versions.get(version);
    return files ? { name, version, unit: treePath(`${directory}/${version}`), files } : null;
  }

  fileAt(path: TreePath): StoredFile | undefined {
    const unit = above(path, UNIT_DEPTH);
    return this.memberAt(unit)?.files.get(path.slice(unit.length + 1));
  }

  /** Projects and collections. */
  get known(): TreePath[] {
    return [...this.projects, ...this.collections.keys()];
  }

  directoryAt(path: TreePath): boolean {
    return this.known.some((known) => `${known}/`.startsWith(`${path}/`));
  }
}

export const depthOf = (path: TreePath): number => (path === '' ? 0 : path.split('/').length);

export const above = (path: TreePath, depth: number): TreePath =>
  treePath(path.split('/').slice(0, depth).join('/'));

export const nameOf = (path: TreePath): string => path.slice(path.lastIndexOf('/') + 1);
