import { TYPE_FILE } from '../../contract/world/format.js';
import { readCollection } from './collections.js';
import type { Named } from './files.js';
import { numberOf } from './ids.js';
import type { InProject, Make, ProjectMakes, Reading } from './makes.js';

/** Reads the artifact types of a project, their collections and the versions in those. */
export async function readTypes(reading: Reading, at: InProject, place: string): Promise<ProjectMakes> {
  const types = await reading.files.directories(place);
  return joined(await Promise.all(types.map((type) => readType(reading, at, type))));
}

async function readType(reading: Reading, at: InProject, { name, place }: Named): Promise<ProjectMakes> {
  const { files } = reading;
  const sheet = await files.sheet(`${place}/${TYPE_FILE}`);
  const [id, description, createdAt] = [sheet.text('id'), sheet.text('description'), sheet.time('createdAt')];
  sheet.end();
  const { catalogue, world } = reading.instance;
  const make: Make = (project) => {
    const isNew = !project.types.has(name);
    const type = catalogue.ensureType(project, name, description);
    if (!isNew) return;
    const others = [...world.projects()].flatMap(({ types }) => [...types.values()]);
    const isTaken = (number: number): boolean => others.some((each) => each.number === number);
    const number = numberOf(world, 'ArtifactType', id, isTaken);
    Object.assign(type, { number: number ?? type.number, createdAt: createdAt ?? type.createdAt });
  };
  const collections = (await files.directories(place)).map((each) =>
    readCollection(reading, { ...at, type: name }, each),
  );
  return joined([{ first: [make], links: [], last: [] }, ...(await Promise.all(collections))]);
}

const joined = (makes: readonly ProjectMakes[]): ProjectMakes => ({
  first: makes.flatMap(({ first }) => first),
  links: makes.flatMap(({ links }) => links),
  last: makes.flatMap(({ last }) => last),
});
