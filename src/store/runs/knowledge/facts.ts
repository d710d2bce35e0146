import { Failure } from '../../../contract/failure.js';
import type { Facts, FileFacts, RunFacts } from '../../../contract/knowledge/facts.js';
import type { TreePath } from '../../../contract/tree-path.js';
import { FileInfoDocument, type RunDetailsFragment, RunInfoDocument } from '../../../wire/generated.js';
import { factsAbove, isObject, objectOf, userOf } from '../../common/facts.js';
import { isoOf, madeAt, nodesOf } from '../../common/rows.js';
import { fileAt, fileEntry, placeOf, type RunName, type RunsContext } from '../tree.js';

/** What the official SDK keeps in a config for itself, and leaves out of `Run.config`. */
const INTERNAL_KEYS: ReadonlySet<string> = new Set(['_wandb', 'wandb_version']);

export function runFacts(
  above: { readonly entity: string; readonly project: string },
  run: RunDetailsFragment,
): RunFacts {
  const { id, name, displayName, state, group, jobType, description, notes, commit, host } = run;
  return {
    kind: 'run',
    id,
    name,
    entity: above.entity,
    project: above.project,
    displayName,
    state,
    user: userOf(run.user),
    tags: run.tags ?? [],
    group,
    jobType,
    sweep: run.sweepName,
    description,
    notes,
    config: configOf(objectOf(run.config ?? '{}', `The config of the run '${name}'`)),
    summary: objectOf(run.summaryMetrics ?? '{}', `The summary of the run '${name}'`),
    commit,
    host,
    exitCode: run.exitcode,
    fileCount: run.fileCount,
    createdAt: madeAt(run.createdAt),
    updatedAt: isoOf(run.updatedAt),
    heartbeatAt: isoOf(run.heartbeatAt),
  };
}

/** A value stands as `{ value, desc }`; what doesn't is taken as it is, as the SDK takes it. */
const configOf = (config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => !INTERNAL_KEYS.has(key))
      .map(([key, held]) => [key, isObject(held) && Object.hasOwn(held, 'value') ? held.value : held]),
  );

/** What W&B knows of a path beyond its entry: one request. Rejects with ENOENT. */
export async function factsOf(
  context: RunsContext,
  path: TreePath,
  signal: AbortSignal | undefined,
): Promise<Facts> {
  const { names, run, file } = placeOf(path);
  if (names.length === 0) return { kind: 'root' };
  const facts =
    run === null
      ? await factsAbove(context, names, signal)
      : file === null
        ? await factsOfRun(context, run, signal)
        : await factsOfFile(context, path, signal);
  if (!facts) throw new Failure('ENOENT');
  return facts;
}

async function factsOfRun(
  { client }: RunsContext,
  run: RunName,
  signal: AbortSignal | undefined,
): Promise<RunFacts | null> {
  const { project } = await client.run(RunInfoDocument, { ...run }, { signal });
  return project?.run ? runFacts(run, project.run) : null;
}

async function factsOfFile(
  { client }: RunsContext,
  path: TreePath,
  signal: AbortSignal | undefined,
): Promise<FileFacts | null> {
  const { unit, run, name } = fileAt(path);
  const { project } = await client.run(FileInfoDocument, { ...run, names: [name] }, { signal });
  if (!project?.run) return null;
  const { files } = project.run;
  if (!files) throw new Failure('EPROTO', "The server doesn't tell the files of the run.");
  const row = nodesOf(files).find((each) => each.name === name);
  // A row that was declared and never uploaded is no file.
  const entry = row && fileEntry(unit, row);
  if (!entry) return null;
  const { id, size, md5 } = entry;
  return {
    kind: 'file',
    id,
    size,
    digest: md5,
    digestAlgorithm: md5 === null ? null : 'MD5',
    md5,
    mimetype: row.mimetype || null,
    createdAt: isoOf(row.createdAt),
    updatedAt: isoOf(row.updatedAt),
    reference: null,
    extra: null,
    isPending: false,
  };
}
