import { GraphQLError } from 'graphql';
import { orderBy } from '../artifacts/filters.js';
import { mongoFilter } from '../graphql/filters.js';
import { runFilter, runOrder } from '../graphql/run-filters.js';
import { compareKeys, type PageArguments, paginate } from '../server/connections.js';
import { checkLimit } from '../server/limits.js';
import type { Instance } from '../world/instance.js';
import { type Entity, internalId, type Project, projectId, type Run } from '../world/records.js';
import { projectArtifacts } from './artifacts/artifact-type.js';
import { dateTime, runNode } from './run.js';
import { sweepConnection, sweepNode } from './sweep.js';
import { entityNode, userNode } from './viewer.js';

/** Values of a project, by the names that filters and orders use. */
export function projectValues(project: Project, key: string): readonly unknown[] {
  switch (key) {
    case 'name':
      return [project.name];
    case 'id':
    case 'project_id':
      return [project.number, projectId(project), internalId(project)];
    case 'entity_id':
      return [project.entity.number];
    case 'description':
      return [project.description];
    case 'createdAt':
    case 'created_at':
      return [new Date(project.createdAt).toISOString()];
    case 'updatedAt':
    case 'updated_at':
      return [new Date(project.updatedAt).toISOString()];
  }
  throw new GraphQLError(`Projects have no '${key}' to filter or order by.`);
}

export interface ProjectListArguments extends PageArguments {
  readonly filters?: string | null;
  readonly order?: string | null;
}

export function projectConnection(instance: Instance, entity: Entity, args: ProjectListArguments) {
  const { filters, order, ...page } = args;
  const sorting = orderBy(order, '+created_at', projectValues, ({ number }: Project) => number);
  const { keyOf, isDescending } = sorting;
  const projects = [...entity.projects.values()].filter(mongoFilter(filters, projectValues));
  projects.sort((a, b) => (isDescending ? -1 : 1) * compareKeys(keyOf(a), keyOf(b)));
  return paginate(
    projects,
    {
      keyOf,
      isDescending,
      toNode: (project) => projectNode(instance, project),
      mostRows: instance.settings.limits.page,
    },
    page,
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
    internalId: internalId(project),
    name: project.name,
    entityName: project.entity.name,
    entity: () => entityNode(instance, project.entity),
    createdAt: dateTime(project.createdAt),
    updatedAt: dateTime(project.updatedAt),
    lastActive: dateTime(project.updatedAt),
    description: project.description,
    access: project.access,
    views: project.views,
    allowAllArtifactTypesInRegistry: project.allowsAllTypes,
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
    sweep: ({ sweepName }: { sweepName: string }) => {
      const sweep = project.sweeps.get(sweepName);
      return sweep ? sweepNode(instance, sweep) : null;
    },
    sweeps: (args: PageArguments) => sweepConnection(instance, project, args),
    totalSweeps: project.sweeps.size,
    ...projectArtifacts(instance, project),
  };
}
