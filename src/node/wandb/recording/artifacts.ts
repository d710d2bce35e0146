import {
  decodeFileName,
  decodeName,
  depthOf,
  lowerPath,
  pathOf,
  segmentsOf,
  type TreePath,
  upperPath,
} from '../../../contract/tree-path.js';
import {
  COLLECTION_FILE,
  type CollectionSheet,
  TYPE_FILE,
  type TypeSheet,
  VERSION_FILE,
  type VersionFileSheet,
  type VersionSheet,
} from '../../../contract/world/format.js';
import type { FileInfo, VersionInfo } from '../info.js';
import { together } from '../together.js';
import type { Source } from './source.js';
import type { World } from './world.js';

const COLLECTION_DEPTH = 4;
const VERSION_DEPTH = 5;

interface ReadFile {
  readonly path: TreePath;
  readonly facts: FileInfo;
}

/**
 * Records versions: those at the paths, of those collections, types, projects, entities. A version that is a link comes
 * with the one that it leads to. Resolves to how many there are.
 */
export async function recordArtifacts(
  source: Source,
  world: World,
  paths: readonly TreePath[],
): Promise<number> {
  for (const path of paths) {
    const depth = depthOf(path);
    if (depth > 0 && depth <= VERSION_DEPTH) continue;
    const advice = 'Whole versions are recorded, or those of what is above them; `include` chooses files.';
    throw source.refusal('EINVAL', path, advice);
  }
  const versions = new Map<TreePath, VersionInfo>();
  let found = (await together(paths, (path) => unitsAt(source, world, path))).flat();
  while (found.length > 0) {
    const read = await together([...new Set(found)], async (path) => {
      return { path, facts: await source.facts(path, 'version') };
    });
    for (const { path, facts } of read) versions.set(path, facts);
    const sources = read.flatMap(({ path, facts }) => sourceOf(source, path, facts) ?? []);
    const further = [...new Set(sources)].filter((path) => !versions.has(path));
    found = (await together(further, (path) => unitsAt(source, world, path))).flat();
  }
  for (const [path, facts] of versions) {
    const { files, sheet } = await versionSheet(source, world, path, facts);
    world.note<VersionSheet>(`${placeOf(world, path)}/${VERSION_FILE}`, { ...sheet, files });
  }
  return versions.size;
}

const placeOf = (world: World, version: TreePath): string => {
  const [entity = '', project = '', type = '', collection = '', name = ''] =
    segmentsOf(version).map(decodeName);
  return world.version(entity, project, type, collection, name);
};

/** The versions at or below a path; what is above them is noted by the way. */
async function unitsAt(source: Source, world: World, path: TreePath): Promise<TreePath[]> {
  const depth = depthOf(path);
  await world.noteAbove(source, path);
  const [type, collection] = [upperPath(path, 3), upperPath(path, COLLECTION_DEPTH)];
  if (depth > 2) await world.once(type, () => noteType(source, world, type));
  if (depth > 3) await world.once(collection, () => noteCollection(source, world, collection));
  if (depth === VERSION_DEPTH) return [path];
  const below = await source.directories(path);
  // What else is a directory beside versions is a draft: it is only here.
  if (depth === COLLECTION_DEPTH) return below.filter((each) => /\/v\d+$/.test(each));
  return (await together(below, (each) => unitsAt(source, world, each))).flat();
}

async function noteType(source: Source, world: World, path: TreePath): Promise<void> {
  const { id, description, createdAt } = await source.facts(path, 'artifactType');
  const [entity = '', project = '', type = ''] = segmentsOf(path).map(decodeName);
  world.note<TypeSheet>(`${world.type(entity, project, type)}/${TYPE_FILE}`, { id, description, createdAt });
}

async function noteCollection(source: Source, world: World, path: TreePath): Promise<void> {
  const facts = await source.facts(path, 'collection');
  const { id, isPortfolio, description, tags, createdAt, updatedAt } = facts;
  const [entity = '', project = '', type = '', name = ''] = segmentsOf(path).map(decodeName);
  const place = world.collection(entity, project, type, name);
  world.note<CollectionSheet>(`${place}/${COLLECTION_FILE}`, {
    ...{ id, isPortfolio: isPortfolio || null, description, tags, createdAt, updatedAt },
  });
}

/** The path of the version that one is a link to; null for one of its own collection. */
function sourceOf(source: Source, path: TreePath, { source: of, type }: VersionInfo): TreePath | null {
  if (of === null) return null;
  if (of.version !== null) return pathOf(of.entity, of.project, type, of.collection, of.version);
  throw source.refusal('EPROTO', path, "W&B doesn't tell which version it is a link to.");
}

async function versionSheet(source: Source, world: World, path: TreePath, facts: VersionInfo) {
  const { id, aliases, digest, digestAlgorithm, tags, description, metadata, ttlSeconds } = facts;
  const { createdAt, updatedAt } = facts;
  if (facts.source !== null) {
    const { entity, project, collection, version } = facts.source;
    const of = { entity, project, collection, version: version ?? '' };
    return { sheet: { aliases, source: of }, files: null };
  }
  const paths = await source.files(path);
  const read = await together(paths, async (at): Promise<ReadFile> => {
    const facts = await source.facts(at, 'file');
    const isSizeKnown = facts.size !== null || facts.reference !== null;
    return { path: at, facts: isSizeKnown ? facts : { ...facts, size: (await source.listed(at)).size } };
  });
  // Servers that don't tell it of versions have manifests that tell it of files.
  const isXxh = read.some(({ facts: { digestAlgorithm: algorithm } }) => algorithm === 'XXH128');
  const place = placeOf(world, path);
  const files = read.map((file): [string, VersionFileSheet] => {
    const name = decodeFileName(lowerPath(file.path, VERSION_DEPTH));
    return [name, fileSheet(source, world, file, { name, place: world.file(place, name) })];
  });
  return {
    sheet: {
      ...{ id, aliases, digest, digestAlgorithm: digestAlgorithm ?? (isXxh ? 'XXH128' : null) },
      ...{ tags, description, metadata, ttlSeconds },
      ...{ createdAt, updatedAt },
    },
    files: Object.fromEntries(files),
  };
}

function fileSheet(
  source: Source,
  world: World,
  { path, facts }: ReadFile,
  at: { readonly name: string; readonly place: string },
): VersionFileSheet {
  const { size, digest, reference, digestAlgorithm: algorithm, extra } = facts;
  const told = { size: size ?? undefined, digest: digest ?? undefined };
  if (reference !== null) return { reference, ...told, extra: extra ?? undefined };
  return { ...told, ...world.take({ source, path, ...at, size, digest, algorithm }) };
}
