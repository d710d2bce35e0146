import { HttpError } from '../../server/http.js';
import type { Instance } from '../../world/instance.js';
import type { Entity, Project, Run } from '../../world/records.js';

export type Maybe<T> = T | null | undefined;

/** For mutations, which answer 404 where queries answer null. */
export function projectToChange(instance: Instance, entityName: Maybe<string>, name: Maybe<string>): Project {
  const project = instance.world.project(entityName, name);
  if (!project) throw new HttpError(404, `project ${entityName}/${name} not found`);
  return project;
}

export function entityToChange(instance: Instance, name: Maybe<string>): Entity {
  const entity = instance.world.entity(name);
  if (!entity) throw new HttpError(404, `entity ${name} not found`);
  return entity;
}

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

export function runToChange(project: Project, name: string): Run {
  const run = project.runs.get(name);
  if (!run) throw new HttpError(404, `run ${project.entity.name}/${project.name}/${name} not found`);
  return run;
}
