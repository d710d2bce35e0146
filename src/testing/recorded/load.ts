import {
  ARTIFACTS_DIRECTORY,
  ENTITY_FILE,
  PROJECT_FILE,
  RUNS_DIRECTORY,
  WORLD_FILE,
  WORLD_VERSION,
} from '../../contract/world/format.js';
import type { Instance } from '../world/instance.js';
import { type Named, WorldFiles } from './files.js';
import { numberOf } from './ids.js';
import type { InProject, Make, ProjectMakes, Reading } from './makes.js';
import { readRun } from './runs.js';
import { readTypes } from './types.js';

/** Puts a recorded world on the server: all of it is read, and found in order, before any of it is there. */
export async function loadWorld(instance: Instance, directory: string): Promise<void> {
  const files = new WorldFiles(directory);
  const sheet = await files.sheet(WORLD_FILE);
  const version = sheet.number('version');
  if (version !== WORLD_VERSION) {
    throw sheet.mistake(`its version is ${version}, and this server reads version ${WORLD_VERSION}`);
  }
  sheet.end();
  const reading: Reading = { instance, files, planned: new Set(), checks: [] };
  const entities = await Promise.all(
    (await files.directories('')).map((entity) => readEntity(reading, entity)),
  );
  for (const check of reading.checks) check();
  const made = entities.flatMap((make) => make());
  for (const step of ['first', 'links', 'last'] as const)
    for (const { project, makes } of made) for (const make of makes[step]) make(project);
}

async function readEntity(reading: Reading, { name, place }: Named) {
  const { files, instance } = reading;
  const sheet = await files.sheet(`${place}/${ENTITY_FILE}`);
  const [id, isTeam, createdAt] = [sheet.text('id'), sheet.flag('isTeam'), sheet.time('createdAt')];
  sheet.end();
  const projects = await Promise.all(
    (await files.directories(place)).map(async (project) => {
      const at = { entity: name, project: project.name };
      return { name: project.name, makes: await readProject(reading, at, project.place) };
    }),
  );
  const { world } = instance;
  return () => {
    const isNew = !world.entities.has(name);
    const entity = world.ensureEntity(name);
    if (isNew) {
      const others = [...world.entities.values()];
      const number = numberOf(world, 'Entity', id, (wanted) => others.some((each) => each.number === wanted));
      Object.assign(entity, {
        number: number ?? entity.number,
        isTeam,
        createdAt: createdAt ?? entity.createdAt,
      });
    }
    return projects.map((each) => ({ project: world.ensureProject(entity, each.name), makes: each.makes }));
  };
}

async function readProject(reading: Reading, at: InProject, place: string): Promise<ProjectMakes> {
  const { files } = reading;
  const sheet = await files.sheet(`${place}/${PROJECT_FILE}`);
  const description = sheet.text('description');
  const [createdAt, updatedAt] = [sheet.time('createdAt'), sheet.time('updatedAt')];
  sheet.end();
  const runs = await Promise.all(
    (await files.directories(`${place}/${RUNS_DIRECTORY}`)).map((run) => readRun(reading, run)),
  );
  const types = await readTypes(reading, at, `${place}/${ARTIFACTS_DIRECTORY}`);
  const tell: Make = (project) => {
    Object.assign(project, {
      description: description ?? project.description,
      createdAt: createdAt ?? project.createdAt,
      updatedAt: updatedAt ?? project.updatedAt,
    });
  };
  return { first: [...runs, ...types.first], links: types.links, last: [...types.last, tell] };
}
