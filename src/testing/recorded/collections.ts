import { COLLECTION_FILE, VERSION_FILE } from '../../contract/world/format.js';
import { type Collection, collectionId } from '../artifacts/records.js';
import type { Instance } from '../world/instance.js';
import type { Project } from '../world/records.js';
import type { Named } from './files.js';
import { numberOf } from './ids.js';
import { type InProject, keyOf, type Make, type ProjectMakes, type Reading } from './makes.js';
import { makeLink, makeVersion, readVersion, type Version, versionIndex } from './versions.js';

interface InType extends InProject {
  readonly type: string;
}

interface Numbered {
  readonly index: number;
  readonly version: Version;
}

/** Reads a collection with its versions, or links. */
export async function readCollection(
  reading: Reading,
  at: InType,
  { name, place }: Named,
): Promise<ProjectMakes> {
  const { files, instance } = reading;
  const sheet = await files.sheet(`${place}/${COLLECTION_FILE}`);
  const [id, description, tags] = [sheet.text('id'), sheet.text('description'), sheet.texts('tags')];
  const kind: Collection['kind'] = sheet.flag('isPortfolio') ? 'PORTFOLIO' : 'SEQUENCE';
  const [createdAt, updatedAt] = [sheet.time('createdAt'), sheet.time('updatedAt')];
  sheet.end();
  const versions = await readVersions(reading, place);
  plan(reading, at, { name, place, kind, versions });
  const here = (project: Project): Collection =>
    project.collections.get(name) ?? makeCollection(instance, project, { type: at.type, name, kind, id });
  const make: Make = (project) => {
    const made = here(project);
    Object.assign(made, {
      description: description ?? made.description,
      createdAt: createdAt ?? made.createdAt,
    });
    for (const tag of tags) made.tags.set(tag, null);
    if (kind === 'PORTFOLIO') return;
    for (const { index, version } of versions) makeVersion(instance, made, index, version);
  };
  const link: Make = (project) => {
    for (const { index, version } of versions) makeLink(instance, here(project), index, version);
  };
  const tell: Make = (project) => {
    const made = here(project);
    made.updatedAt = updatedAt ?? made.updatedAt;
  };
  return { first: [make], links: kind === 'PORTFOLIO' ? [link] : [], last: [tell] };
}

async function readVersions(reading: Reading, place: string): Promise<readonly Numbered[]> {
  const { files } = reading;
  const found = (await files.directories(place)).map((each) => {
    const index = versionIndex(each.name);
    if (index === null) throw new TypeError(`${each.place}: a version's directory is called 'v0', 'v1'…`);
    return { place: each.place, index };
  });
  found.sort((one, other) => one.index - other.index);
  return Promise.all(
    found.map(async ({ index, place: at }) => {
      const sheet = await files.sheet(`${at}/${VERSION_FILE}`);
      return { index, version: await readVersion(reading, at, sheet) };
    }),
  );
}

/** Notes what will be made, and what must hold for that. */
function plan(
  { instance, planned, checks }: Reading,
  { entity, project, type }: InType,
  collection: Named & { readonly kind: Collection['kind']; readonly versions: readonly Numbered[] },
): void {
  const { name, place, kind, versions } = collection;
  const isPortfolio = kind === 'PORTFOLIO';
  const key = keyOf(entity, project, name);
  if (planned.has(key))
    throw new TypeError(`${place}: a collection is of one type, and another one has '${name}'.`);
  planned.add(key);
  const there = (of: InProject, named: string): Collection | undefined =>
    instance.world.entities.get(of.entity)?.projects.get(of.project)?.collections.get(named);
  const sources = new Set<string>();
  for (const { index, version } of versions) {
    const { source, place: at } = version;
    planned.add(keyOf(entity, project, name, index));
    if (source === null && isPortfolio)
      throw new TypeError(`${at}: in a portfolio versions have a \`source\`.`);
    if (source === null) continue;
    if (!isPortfolio) throw new TypeError(`${at}: a \`source\` is for portfolios only.`);
    const from = keyOf(source.entity, source.project, source.collection, source.index);
    if (sources.has(from)) throw new TypeError(`${at}: another version is a link to the same one.`);
    sources.add(from);
    checks.push(() => {
      if (planned.has(from) || there(source, source.collection)?.members.has(source.index)) return;
      const shown = `${source.entity}/${source.project}/${source.collection}:v${source.index}`;
      throw new TypeError(`${at}: its source, ${shown}, isn't in the world.`);
    });
  }
  checks.push(() => {
    const known = there({ entity, project }, name);
    if (known && (known.kind !== kind || known.type.name !== type)) {
      const what = `a ${known.kind.toLowerCase()} of ${known.type.name}`;
      throw new TypeError(`${place}: '${name}' is there already, as ${what}.`);
    }
    // Versions never change, and links may be in the way of one another.
    const [first] = versions;
    if (first && known && known.members.size > 0)
      throw new TypeError(`${first.version.place}: the collection is there already, with versions.`);
  });
}

function makeCollection(
  { catalogue, world }: Instance,
  project: Project,
  wanted: {
    readonly type: string;
    readonly name: string;
    readonly kind: Collection['kind'];
    readonly id: string | null;
  },
): Collection {
  const { type, name, kind, id } = wanted;
  const made = catalogue.makeCollection(catalogue.ensureType(project, type), name, kind);
  const others = [...catalogue.collections.values()];
  const number = numberOf(world, 'ArtifactCollection', id, (one) =>
    others.some((each) => each.number === one),
  );
  if (number === null) return made;
  catalogue.collections.delete(collectionId(made));
  Object.assign(made, { number });
  catalogue.collections.set(collectionId(made), made);
  return made;
}
