import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WORLD_FILE } from '../../../contract/world/format.js';
import { disk } from '../../../platform/disk.js';
import { failure, hasCode } from '../../arguments/errors.js';
import { asPath } from '../../arguments/paths.js';
import { invalidArgumentType, invalidArgumentValue } from '../../arguments/refusals.js';
import type { Tree } from '../../tree.js';
import { recordArtifacts } from './artifacts.js';
import { asRecordOptions, type Recorded } from './options.js';
import { recordRuns } from './runs.js';
import { Source } from './source.js';
import { World } from './world.js';

const { mkdir, mkdtemp, readdir, rename, rm } = disk.promises;

/** How the two trees of a server are reached. */
export interface Trees {
  readonly own: Tree;
  /** Makes the other tree, for addresses of it. */
  readonly other: () => { readonly tree: Tree; close(): Promise<void> };
}

/** Records runs and versions, by paths and addresses, as a directory that appears whole. */
export async function record(
  { own, other }: Trees,
  given: unknown,
  directory: unknown,
  options: unknown,
): Promise<Recorded> {
  const settings = asRecordOptions(options);
  const paths = asPaths(given);
  const target = asDirectory(directory);
  const before = await standing(target, settings.replace);
  const world = new World(settings);
  const source = new Source(own, settings.signal);
  const counts = { runs: 0, versions: 0 };
  const take = async (from: Source, chosen: readonly string[]): Promise<void> => {
    const located = await Promise.all(chosen.map((path) => from.locate(path)));
    if (from.kind === 'runs') counts.runs = await recordRuns(from, world, located);
    else counts.versions = await recordArtifacts(from, world, located);
  };
  const isForeign = (path: string): boolean => (kindOf(path) ?? source.kind) !== source.kind;
  const foreign = paths.filter(isForeign);
  await take(
    source,
    paths.filter((path) => !isForeign(path)),
  );
  const beside = foreign.length === 0 ? null : other();
  try {
    if (beside) await take(new Source(beside.tree, settings.signal), foreign);
    await appear(world, target, before);
  } finally {
    await beside?.close();
  }
  const leftOut = world.leftOut.map(({ source: from, path, size }) => ({ path: from.show(path), size }));
  return { directory: target, ...counts, files: world.files, bytes: world.bytes, leftOut };
}

/** Of which tree an address is; null for what doesn't say so. */
function kindOf(path: string): Source['kind'] | null {
  if (/^wandbfs:/i.test(path)) return 'runs';
  if (/^wandbas:/i.test(path)) return 'artifacts';
  const [, kind] = /^https?:\/\/[^?#]*?\/(runs|artifacts|registry)(?:[/?#]|$)/i.exec(path) ?? [];
  if (kind === undefined) return null;
  return kind === 'runs' ? 'runs' : 'artifacts';
}

function asPaths(given: unknown): string[] {
  if (typeof given === 'string') return [asPath(given, 'paths')];
  if (typeof given !== 'object' || given === null || !(Symbol.iterator in given))
    throw invalidArgumentType('paths', 'of type string or an iterable of paths', given);
  const paths = Array.from(given as Iterable<unknown>, (path, index) => asPath(path, `paths[${index}]`));
  if (paths.length > 0) return paths;
  throw invalidArgumentValue('paths', given, 'must name what to record');
}

function asDirectory(given: unknown): string {
  const isUrl = typeof given === 'object' && given !== null && 'href' in given;
  return resolve(isUrl ? fileURLToPath(String(given.href)) : asPath(given, 'directory'));
}

/** What is at the directory's place now. Only another world is ever replaced, and only if that was asked for. */
async function standing(target: string, isReplaced: boolean): Promise<'nothing' | 'directory'> {
  const names = await readdir(target).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  });
  if (names === null) return 'nothing';
  if (names.length === 0) return 'directory';
  const call = { syscall: 'record', path: target };
  if (!names.includes(WORLD_FILE))
    throw failure(
      'ENOTEMPTY',
      call,
      'It holds something else than a recorded world: give another directory.',
    );
  if (isReplaced) return 'directory';
  throw failure('EEXIST', call, 'A world was recorded there: `replace: true` replaces it as a whole.');
}

/** Nobody sees half of it: it is written beside its place, and takes it at the end. */
async function appear(world: World, target: string, before: 'nothing' | 'directory'): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const beside = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
  const made = join(beside, 'new');
  const old = join(beside, 'old');
  let isOldAway = false;
  try {
    await mkdir(made);
    await world.write(made);
    if (before === 'directory') {
      await rename(target, old);
      isOldAway = true;
    }
    await rename(made, target);
    isOldAway = false;
  } finally {
    // What stood there goes back, and is only removed when the new one has its place.
    if (isOldAway) await rename(old, target);
    await rm(beside, { recursive: true, force: true });
  }
}
