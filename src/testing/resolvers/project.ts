import { compareKeys, type PageArguments, paginate } from '../connections.js';
import type { Instance } from '../instance.js';
import { checkLimit } from '../limits.js';
import { type Entity, type Project, projectId, type Run } from '../records.js';
import { runFilter, runOrder } from '../run-filters.js';
import { projectArtifacts } from './artifact-type.js';
import { dateTime, runNode } from './run.js';
import { entityNode, userNode } from './viewer.js';

export function projectConnection(instance: Instance, entity: Entity, args: PageArguments) {
  return paginate(
    [...entity.projects.values()],
    {
      keyOf: (project) => [null, project.number],
      toNode: (project) => projectNode(instance, project),
      mostRows: instance.settings.limits.page,
    },
    args,
  );
}

export interface RunListArguments extends PageArguments {
  readonly filters?: string | null;
  readonly order?: string | null;
  readonly names?: readonly (string | null)[] | null;
}

function runConnection(instance: Instance, project: Project, args: RunListArguments) {
  const { limits } = instance.settings;
  checkLimit('names', args.names?.length ?? 0, limits.names);
  const names = args.names?.length ? new Set(args.names) : null;
  const runs = [...project.runs.values()].filter((run) => names === null || names.has(run.name));
  return sortedRuns(instance, runs, args);
}

/** A page of runs, filtered and ordered as the request says. */
export function sortedRuns(
  instance: Instance,
  candidates: readonly Run[],
  args: Omit<RunListArguments, 'names'>,
) {
  const { limits, viewer } = instance.settings;
  const { keyOf, isDescending } = runOrder(args.order, viewer.username);
  const runs = candidates.filter(runFilter(args.filters, viewer.username));
  runs.sort((a, b) => (isDescending ? -1 : 1) * compareKeys(keyOf(a), keyOf(b)));
  return paginate(
    runs,
    { keyOf, isDescending, toNode: (run) => runNode(instance, run), mostRows: limits.page },
    args,
  );
}

export function projectNode(instance: Instance, project: Project) {
  const toNode = (run: Run | undefined) => (run ? runNode(instance, run) : null);
  const countRuns = ({ filters }: { filters?: string | null }): number =>
    [...project.runs.values()].filter(runFilter(filters, instance.settings.viewer.username)).length;
  return {
    __typename: 'Project',
    id: projectId(project),
    internalId: Buffer.from(`ProjectInternalId:${project.number}`).toString('base64'),
    name: project.name,
    entityName: project.entity.name,
    entity: () => entityNode(instance, project.entity),
    createdAt: dateTime(project.createdAt),
    updatedAt: dateTime(project.updatedAt),
    lastActive: dateTime(project.updatedAt),
    description: project.description,
    access: 'PRIVATE',
    isBenchmark: false,
    readOnly: false,
    user: () => userNode(instance),
    runCount: countRuns,
    totalRuns: project.runs.size,
    storageBytes: () =>
      [...project.runs.values()].reduce((sum, run) => sum + runNode(instance, run).storageBytes(), 0),
    run: ({ name }: { name: string }) => toNode(project.runs.get(name)),
    bucket: ({ name }: { name: string }) => toNode(project.runs.get(name)),
    runs: (args: RunListArguments) => runConnection(instance, project, args),
    buckets: (args: RunListArguments) => runConnection(instance, project, args),
    ...projectArtifacts(instance, project),
  };
}
