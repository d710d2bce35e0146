import type { Collection, Membership } from '../artifacts/records.js';
import { internalId, type Project, projectId, type Run, type Sweep } from '../world/records.js';
import { Table } from './filters.js';
import { dig } from './json.js';

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export const PROJECTS = new Table<Project>('Projects', {
  name: (project) => [project.name],
  id: (project) => [project.number, projectId(project), internalId(project)],
  projectId: (project) => [project.number, projectId(project), internalId(project)],
  entityId: (project) => [project.entity.number],
  description: (project) => [project.description],
  createdAt: (project) => [iso(project.createdAt)],
  updatedAt: (project) => [iso(project.updatedAt)],
});

export const RUNS = new Table<Run>('Runs', {
  name: (run) => [run.name],
  state: (run) => [run.state],
  displayName: (run) => [run.displayName],
  createdAt: (run) => [iso(run.createdAt)],
  heartbeatAt: (run) => [iso(run.heartbeatAt)],
  updatedAt: (run) => [iso(run.heartbeatAt)],
  group: (run) => [run.group],
  jobType: (run) => [run.jobType],
  host: (run) => [run.host],
  sweep: (run) => [run.sweepName],
  username: (run) => [run.username],
  tags: (run) => run.tags,
  duration: (run) => [(run.heartbeatAt - run.createdAt) / 1000],
  'summaryMetrics.': (run, path) => [dig(JSON.parse(run.summaryMetrics), path)],
  'config.': (run, [name = '', ...rest]) => {
    const value = dig(JSON.parse(run.config), [name, 'value']);
    return [dig(value, rest[0] === 'value' ? rest.slice(1) : rest)];
  },
});

export const SWEEPS = new Table<Sweep>('Sweeps', {
  name: (sweep) => [sweep.name],
  state: (sweep) => [sweep.state],
  description: (sweep) => [sweep.description],
  displayName: (sweep) => [sweep.displayName],
  createdAt: (sweep) => [iso(sweep.createdAt)],
});

export const COLLECTIONS = new Table<Collection>('Artifact collections', {
  name: (collection) => [collection.name],
  type: (collection) => [collection.type.name],
  description: (collection) => [collection.description],
  state: (collection) => [collection.state],
  tag: (collection) => [...collection.tags.keys()],
  tags: (collection) => [...collection.tags.keys()],
  alias: (collection) => [...collection.aliases.keys()],
  aliases: (collection) => [...collection.aliases.keys()],
  createdAt: (collection) => [iso(collection.createdAt)],
  updatedAt: (collection) => [iso(collection.updatedAt)],
});

/** Versions in their collections. */
export const VERSIONS = new Table<Membership>('Artifacts', {
  state: ({ artifact }) => [artifact.state],
  versionIndex: ({ versionIndex }) => [versionIndex],
  alias: ({ aliases }) => [...aliases.keys()],
  aliases: ({ aliases }) => [...aliases.keys()],
  tag: ({ artifact }) => [...artifact.tags.keys()],
  tags: ({ artifact }) => [...artifact.tags.keys()],
  createdAt: ({ artifact }) => [iso(artifact.createdAt)],
  updatedAt: ({ artifact }) => [iso(artifact.updatedAt)],
  description: ({ artifact }) => [artifact.description],
  digest: ({ artifact }) => [artifact.digest],
  size: ({ artifact }) => [artifact.contents?.size ?? 0],
  fileCount: ({ artifact }) => [artifact.contents?.entries.length ?? 0],
  'metadata.': ({ artifact }, path) => [dig(JSON.parse(artifact.metadata ?? '{}'), path)],
});
