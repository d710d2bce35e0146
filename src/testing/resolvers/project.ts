import { GraphQLError } from 'graphql';
import { mongoFilter, orderBy } from '../graphql/filters.js';
import { runFilter } from '../graphql/run-filters.js';
import { type PageArguments, sortedPage } from '../server/connections.js';
import type { Instance } from '../world/instance.js';
import { type Entity, internalId, type Project, projectId, type Run } from '../world/records.js';
import { projectArtifacts } from './artifacts/type.js';
import { dateTime } from './node.js';
import { type RunListArguments, runConnection, storageBytesOf } from './run.js';
import { sweepConnection, sweepNode } from './sweep.js';

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
  const projects = [...entity.projects.values()].filter(mongoFilter(filters, projectValues));
  const toNode = (project: Project) => instance.nodes.project(project);
  return sortedPage(projects, { ...sorting, toNode, mostRows: instance.settings.limits.page }, page);
}

export function projectNode(instance: Instance, project: Project) {
  const toNode = (run: Run | undefined) => (run ? instance.nodes.run(run) : null);
  const countRuns = ({ filters }: { filters?: string | null }): number =>
    [...project.runs.values()].filter(runFilter(filters, instance.settings.viewer.username)).length;
  return {
    __typename: 'Project',
    id: projectId(project),
    internalId: internalId(project),
    name: project.name,
    entityName: project.entity.name,
    entity: () => instance.nodes.entity(project.entity),
    createdAt: dateTime(project.createdAt),
    updatedAt: dateTime(project.updatedAt),
    lastActive: dateTime(project.updatedAt),
    description: project.description,
    access: project.access,
    views: project.views,
    allowAllArtifactTypesInRegistry: project.allowsAllTypes,
    isBenchmark: false,
    readOnly: false,
    user: () => instance.nodes.user(),
    runCount: countRuns,
    totalRuns: project.runs.size,
    storageBytes: () => storageBytesOf(instance, project.runs.values()),
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
