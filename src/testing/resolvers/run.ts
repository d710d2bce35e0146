import type { GraphQLResolveInfo } from 'graphql';
import { RUNS } from '../graphql/tables.js';
import { BY_NUMBER, type ListArguments, type PageArguments } from '../server/connections.js';
import { checkLimit } from '../server/limits.js';
import { between, historyKeys, liveSteps, sampled, sampledHistory } from '../world/history.js';
import type { Instance } from '../world/instance.js';
import { type Project, type Run, runId } from '../world/records.js';
import { runArtifacts } from './artifacts/lineage.js';
import { type FileListArguments, fileConnection, isUploadRequest } from './file.js';
import { dateTime, type NodeFields } from './node.js';

interface KeyArguments {
  readonly keys?: readonly string[] | null;
}

interface HistoryArguments {
  readonly samples?: number | null;
  readonly minStep?: number | null;
  readonly maxStep?: number | null;
}

export interface RunListArguments extends ListArguments {
  readonly names?: readonly (string | null)[] | null;
}

export function runConnection(instance: Instance, project: Project, args: RunListArguments) {
  const { limits } = instance.settings;
  checkLimit('names', args.names?.length ?? 0, limits.names);
  const names = args.names?.length ? new Set(args.names) : null;
  const runs = [...project.runs.values()].filter((run) => names === null || names.has(run.name));
  return sortedRuns(instance, runs, args);
}

/** A page of runs, filtered and ordered as the request says. */
export function sortedRuns({ pages, nodes }: Instance, candidates: readonly Run[], args: ListArguments) {
  const runs = candidates.filter(RUNS.filter(args.filters));
  return pages.sorted(runs, RUNS.order(args.order || '+created_at'), nodes.run, args);
}

export function runNode(instance: Instance, run: Run): NodeFields {
  return {
    ...run,
    __typename: 'Run',
    id: runId(run),
    // The SDK reads it as an integer and sends it back when it deletes files.
    projectId: String(run.project.number),
    project: () => instance.nodes.project(run.project),
    running: run.state === 'running',
    failed: run.state === 'failed' || run.state === 'crashed',
    stopped: run.isStopped,
    shouldStop: run.isStopped,
    readOnly: false,
    createdAt: dateTime(run.createdAt),
    updatedAt: dateTime(run.heartbeatAt),
    heartbeatAt: dateTime(run.heartbeatAt),
    user: () => instance.nodes.user(),
    config: ({ keys }: KeyArguments) => pickKeys(run.config, keys),
    summaryMetrics: ({ keys }: KeyArguments) => pickKeys(run.summaryMetrics, keys),
    systemMetrics: '{}',
    wandbConfig: ({ keys }: KeyArguments) => wandbConfig(run.config, keys),
    historyKeys: () => historyKeys(run.history),
    sampledHistory: ({ specs }: { specs: readonly string[] }) =>
      specs.map((spec) => sampledHistory(run.history, spec)),
    parquetHistory: ({ liveKeys }: { liveKeys: readonly string[] }) => ({
      parquetUrls: run.parquet.keys.map((key) => instance.signedUrl('GET', key)),
      liveData: liveSteps(run.history.slice(run.parquet.lines), liveKeys),
    }),
    historyLineCount: run.history.length,
    historyTail: JSON.stringify(run.history.slice(-1)),
    history: ({ samples, minStep, maxStep }: HistoryArguments) =>
      sampled(between(run.history, minStep, maxStep), samples ?? 500),
    eventsLineCount: run.events.length,
    eventsTail: JSON.stringify(run.events.slice(-1)),
    events: ({ samples }: HistoryArguments) => sampled(run.events, samples ?? 500),
    logLineCount: run.logLines.length,
    logLines: (args: PageArguments) => logLines(instance, run, args),
    fileCount: run.files.size,
    ...runArtifacts(instance, run),
    files: (args: FileListArguments, _context: unknown, info: GraphQLResolveInfo) =>
      fileConnection(instance, run, args, isUploadRequest(info)),
    storageBytes: () => storageBytesOf(instance, [run]),
  };
}

/** Bytes of all files of runs. */
export const storageBytesOf = ({ world }: Instance, runs: Iterable<Run>): number =>
  [...runs]
    .flatMap((run) => [...run.files.values()])
    .reduce((sum, row) => sum + world.settle(row).sizeBytes, 0);

function logLines(instance: Instance, run: Run, args: PageArguments) {
  const lines = run.logLines.map((text, number) => ({ id: String(number), number, ...parseLogLine(text) }));
  return instance.pages.ordered(lines, BY_NUMBER, (line) => line, args);
}

function pickKeys(json: string, keys: KeyArguments['keys']): string {
  if (!keys) return json;
  const values: Record<string, unknown> = JSON.parse(json);
  return JSON.stringify(
    Object.fromEntries(keys.filter((key) => key in values).map((key) => [key, values[key]])),
  );
}

/** What the SDK keeps for itself in a run's config; a run without it doesn't count as existing when it is resumed. */
function wandbConfig(config: string, keys: KeyArguments['keys']): string {
  const values: { _wandb?: { value?: unknown } } = JSON.parse(config);
  return pickKeys(JSON.stringify(values._wandb?.value ?? {}), keys);
}

/** A console line as the file stream brings it: an optional 'ERROR ', a time stamp, the text. */
export function parseLogLine(text: string): { level: string | null; timestamp: string | null; line: string } {
  const parts = /^(ERROR )?(\d{4}-\d\d-\d\dT[\d:.]+Z?) ?([\s\S]*)$/.exec(text);
  if (!parts) return { level: null, timestamp: null, line: text };
  return { level: parts[1] ? 'error' : null, timestamp: parts[2] ?? null, line: parts[3] ?? '' };
}
