import { PROJECTS, RUNS } from '../graphql/tables.js';
import type { ListArguments } from '../server/connections.js';
import type { Instance } from '../world/instance.js';
import { type Entity, internalId, type Project, projectId } from '../world/records.js';
import { projectArtifacts } from './artifacts/type.js';
import { dateTime, type NodeFields } from './node.js';
import { type RunListArguments, runConnection, storageBytesOf } from './run.js';
import { sweepConnection, sweepNode } from './sweep.js';

export function projectConnection(instance: Instance, entity: Entity, args: ListArguments) {
  const projects = [...entity.projects.values()].filter(PROJECTS.filter(args.filters));
  const sorting = PROJECTS.order(args.order || '+created_at');
  return instance.pages.sorted(projects, sorting, instance.nodes.project, args);
}

export function projectNode(instance: Instance, project: Project): NodeFields {
  const run = ({ name }: { name: string }) => instance.nodes.run(project.runs.get(name));
  const runs = (args: RunListArguments) => runConnection(instance, project, args);
  return {
    ...project,
    id: projectId(project),
    internalId: internalId(project),
    entityName: project.entity.name,
    entity: () => instance.nodes.entity(project.entity),
    createdAt: dateTime(project.createdAt),
    updatedAt: dateTime(project.updatedAt),
    lastActive: dateTime(project.updatedAt),
    allowAllArtifactTypesInRegistry: project.allowsAllTypes,
    isBenchmark: false,
    readOnly: false,
    user: () => instance.nodes.user(),
    runCount: ({ filters }: ListArguments) => [...project.runs.values()].filter(RUNS.filter(filters)).length,
    totalRuns: project.runs.size,
    storageBytes: () => storageBytesOf(instance, project.runs.values()),
    run,
    bucket: run,
    runs,
    buckets: runs,
    sweep: ({ sweepName }: { sweepName: string }) => {
      const sweep = project.sweeps.get(sweepName);
      return sweep ? sweepNode(instance, sweep) : null;
    },
    sweeps: (args: ListArguments) => sweepConnection(instance, project, args),
    totalSweeps: project.sweeps.size,
    ...projectArtifacts(instance, project),
  };
}
