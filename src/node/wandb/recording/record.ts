import { resolve } from 'node:path';
import { abortError } from '../../arguments/errors.js';
import { asLocalPath, asPath } from '../../arguments/paths.js';
import { invalidArgumentType, invalidArgumentValue } from '../../arguments/refusals.js';
import type { Tree } from '../../tree.js';
import { together } from '../together.js';
import { recordArtifacts } from './artifacts.js';
import { asRecordOptions, type Recorded } from './options.js';
import { Place } from './place.js';
import { recordRuns } from './runs.js';
import { Source } from './source.js';
import { World } from './world.js';

/** How the two trees of a server are reached. */
export interface Trees {
  readonly own: Tree;
  /** Sends what was written to it. */
  readonly flush: (signal: AbortSignal | undefined) => Promise<void>;
  /** Makes the other tree, for addresses of it. */
  readonly other: () => { readonly tree: Tree; close(): Promise<void> };
}

/** Records runs and versions, by paths and addresses, as a directory that appears whole. */
export async function record(
  { own, flush, other }: Trees,
  given: unknown,
  directory: unknown,
  options: unknown,
): Promise<Recorded> {
  const settings = asRecordOptions(options);
  const paths = asPaths(given);
  const target = resolve(asLocalPath(directory, 'directory'));
  const { replace, signal } = settings;
  if (signal?.aborted) throw abortError(signal);
  const place = await Place.at(target, replace);
  await flush(signal);
  const world = new World(settings);
  const source = new Source(own, signal);
  const counts = { runs: 0, versions: 0 };
  const take = async (from: Source, chosen: readonly string[]): Promise<void> => {
    const located = await together(chosen, (path) => from.locate(path));
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
    if (beside) await take(new Source(beside.tree, signal), foreign);
    await place.fill((at) => world.write(at));
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
