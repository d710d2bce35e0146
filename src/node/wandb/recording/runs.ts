import type { FileFacts } from '../../../contract/knowledge/facts.js';
import {
  decodeFileName,
  decodeName,
  depthOf,
  lowerPath,
  segmentsOf,
  type TreePath,
} from '../../../contract/tree-path.js';
import { type FileSheet, RUN_FILE, type RunSheet } from '../../../contract/world/format.js';
import type { RunInfo } from '../info.js';
import { together } from '../together.js';
import type { Source } from './source.js';
import type { World } from './world.js';

const RUN_DEPTH = 3;

/** Records runs: those at the paths, of those projects, of those entities. Resolves to how many there are. */
export async function recordRuns(source: Source, world: World, paths: readonly TreePath[]): Promise<number> {
  for (const path of paths) {
    const depth = depthOf(path);
    if (depth > 0 && depth <= RUN_DEPTH) continue;
    const advice =
      'Whole runs are recorded, or those of a project or entity; `include` chooses files. Artifacts have addresses: wandbas://….';
    throw source.refusal('EINVAL', path, advice);
  }
  const runs = [...new Set((await together(paths, (path) => unitsAt(source, world, path))).flat())];
  // Asked of all runs before anything else: what is asked at once shares its requests, and answers come one by one.
  const names = await together(runs, (path) => source.files(path));
  const indexed = runs.map((path, index) => ({ path, names: names[index] ?? [] }));
  const read = await together(indexed, async ({ path, names: ofRun }) => {
    const facts = await source.facts(path, 'run');
    const files = await together(ofRun, async (at) => ({
      at,
      listed: await source.listed(at),
    }));
    return { path, facts, files };
  });
  for (const { path, facts, files } of read) {
    const [entity = '', project = '', name = ''] = segmentsOf(path).map(decodeName);
    const place = world.run(entity, project, name);
    const rows = files.map(({ at, listed }): [string, FileSheet] => {
      const called = decodeFileName(lowerPath(at, RUN_DEPTH));
      return [called, fileSheet(source, world, { at, listed, called, place: world.file(place, called) })];
    });
    world.note<RunSheet>(`${place}/${RUN_FILE}`, { ...runSheet(facts), files: Object.fromEntries(rows) });
  }
  return runs.length;
}

async function unitsAt(source: Source, world: World, path: TreePath): Promise<TreePath[]> {
  const depth = depthOf(path);
  await world.noteAbove(source, path);
  if (depth === RUN_DEPTH) return [path];
  const below = await source.directories(path);
  return (await together(below, (each) => unitsAt(source, world, each))).flat();
}

function fileSheet(
  source: Source,
  world: World,
  file: {
    readonly at: TreePath;
    readonly listed: FileFacts;
    readonly called: string;
    readonly place: string;
  },
): FileSheet {
  const { size, md5, createdAt, updatedAt } = file.listed;
  const taken = world.take({
    source,
    path: file.at,
    name: file.called,
    place: file.place,
    size,
    digest: md5,
    algorithm: 'MD5',
  });
  const told = taken.isLeftOut ? { size: size ?? undefined, digest: md5 ?? undefined } : {};
  return { ...taken, ...told, createdAt: createdAt ?? undefined, updatedAt: updatedAt ?? undefined };
}

/** Who made it isn't taken along: a world may be published. */
function runSheet(facts: RunInfo): { [Key in keyof Omit<RunSheet, 'files'>]: RunSheet[Key] | null } {
  const { displayName, state, tags, group, jobType, sweep, description, notes, commit, host } = facts;
  const { exitCode, createdAt, heartbeatAt, config, summary } = facts;
  return {
    ...{ displayName, state, tags, group, jobType, sweep, description, notes, commit, host },
    ...{ exitCode, createdAt, heartbeatAt, config, summary },
  };
}
