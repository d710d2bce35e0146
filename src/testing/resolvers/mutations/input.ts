import { found, HttpError } from '../../server/http.js';
import type { Instance } from '../../world/instance.js';
import type { Entity, Project, Run } from '../../world/records.js';

export type Maybe<T> = T | null | undefined;

export interface InProject {
  readonly entityName: string;
  readonly projectName: string;
}

export interface AliasInput {
  readonly alias: string;
  readonly artifactCollectionName: string;
}

export interface TagInput {
  readonly tagName: string;
  readonly tagCategoryName?: Maybe<string>;
}

export const projectToChange = ({ world }: Instance, { entityName, projectName }: InProject): Project =>
  found(world.project(entityName, projectName), `project ${entityName}/${projectName}`);

export const entityToChange = ({ world }: Instance, name: Maybe<string>): Entity =>
  found(world.entity(name), `entity ${name}`);

/** For mutations that make the project they are to work in. */
export function projectToMake(instance: Instance, entityName: Maybe<string>, name: Maybe<string>): Project {
  const entity = entityToChange(instance, entityName);
  const wanted = name || 'uncategorized';
  if (!entity.projects.has(wanted)) checkProjectName(wanted);
  return instance.world.ensureProject(entity, wanted);
}

export function checkProjectName(name: string): void {
  if (!/^[^/\\#?%:\0]{1,128}$/.test(name)) {
    throw new HttpError(400, `invalid project name ${JSON.stringify(name)}`);
  }
}

export const runToChange = (project: Project, name: string): Run =>
  found(project.runs.get(name), `run ${project.entity.name}/${project.name}/${name}`);

/** Fields that are null leave what is there. */
export function takeOver<Row extends object, Key extends keyof Row>(
  row: Row,
  input: { readonly [K in Key]?: Maybe<Row[K]> },
  keys: readonly Key[],
): void {
  for (const key of keys) row[key] = input[key] ?? row[key];
}
