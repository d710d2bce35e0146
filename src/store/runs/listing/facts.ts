import type { FileFacts, RunFacts } from '../../../contract/facts.js';
import type { FileRowFragment, RunDetailsFragment } from '../../../wire/generated.js';
import { isObject, objectOf } from '../../common/json.js';
import { userOf } from '../../common/levels/info.js';
import { isoOf, madeAt } from '../../common/levels/nodes.js';
import { fileEntry } from './entries.js';

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

/** Null for a row that was declared and never uploaded. */
export function fileFacts(
  unit: string,
  row: FileRowFragment & { readonly mimetype?: string | null },
): FileFacts | null {
  const entry = fileEntry(unit, row);
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
    isPending: false,
  };
}
