import type { Instance } from '../world/instance.js';
import type { Project } from '../world/records.js';
import type { WorldFiles } from './files.js';

/** A world on its way to the server. */
export interface Reading {
  readonly instance: Instance;
  readonly files: WorldFiles;
  /** The collections and versions that it will make (`keyOf`). */
  readonly planned: Set<string>;
  /** What must hold before anything is made, found when all is read: each throws where it doesn't. */
  readonly checks: (() => void)[];
}

/** Names a collection, or a version by its number. */
export const keyOf = (...names: readonly (string | number)[]): string => JSON.stringify(names);

/** A project, by the names of it and its entity. */
export interface InProject {
  readonly entity: string;
  readonly project: string;
}

/** Puts what was read on the server. */
export type Make = (project: Project) => void;

/** What is made of one project. Links lead to versions of any project, so they come after all of those. */
export interface ProjectMakes {
  readonly first: readonly Make[];
  readonly links: readonly Make[];
  /** What the making itself has changed: times. */
  readonly last: readonly Make[];
}
