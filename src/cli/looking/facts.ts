import type { RunInfo } from '../../index.js';
import type { AnyFs } from '../filesystems.js';
import type { Place } from '../places/place.js';
import type { Session } from '../session.js';
import type { Entry, Kind } from './entries.js';

/** What is told of an entry: a line of `ls -l`, an object of `--json`. */
export interface EntryFacts {
  readonly name: string;
  /** As a command line is given it. */
  readonly path: string;
  readonly type: Kind;
  /** Bytes; null for directories. */
  readonly size: number | null;
  /** ISO 8601. */
  readonly mtime: string;
  /** Such as '0644'. */
  readonly mode: string;
  /** Where a link leads. */
  readonly target?: string;
  /** Of a run, as the W&B app shows it. */
  readonly displayName?: string | null;
  readonly state?: string | null;
}

export async function factsOf(
  session: Session,
  fs: AnyFs,
  place: Pick<Place, 'kind'>,
  { name, path, kind }: Entry,
  run?: RunInfo,
): Promise<EntryFacts> {
  const [stats, target] = await Promise.all([
    fs.promises.lstat(path),
    kind === 'link' ? fs.promises.readlink(path) : undefined,
  ]);
  return {
    name,
    path: session.print({ kind: place.kind, path }),
    type: kind,
    size: kind === 'directory' ? null : stats.size,
    mtime: stats.mtime.toISOString(),
    mode: (stats.mode & 0o7777).toString(8).padStart(4, '0'),
    ...(target === undefined ? {} : { target }),
    ...(run === undefined ? {} : { displayName: run.displayName, state: run.state }),
  };
}

/** '/<entity>/<project>' of runs, whose entries are runs. */
export const isProject = ({ kind, path }: Pick<Place, 'kind' | 'path'>): boolean =>
  kind === 'runs' && /^\/[^/]+\/[^/]+$/.test(path);

/** Runs that one request asks for: each brings its config and summary. */
const PER_PAGE = 200;

/** What W&B knows of the runs of a project, by the names of their directories. */
export async function runsOf(session: Session, path: string): Promise<ReadonlyMap<string, RunInfo>> {
  const [, entity, project] = path.split('/');
  const { wandb } = await session.filesystems.runs();
  const runs = new Map<string, RunInfo>();
  const found = wandb.find({ entity, project, perPage: PER_PAGE, signal: session.signal });
  for await (const run of found) runs.set(run.path.slice(run.path.lastIndexOf('/') + 1), run);
  return runs;
}
