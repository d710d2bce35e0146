import { HttpError } from '../http-error.js';
import type { Instance } from '../instance.js';
import type { Entity, Project, Run } from '../records.js';
import { projectNode } from './project.js';
import { runNode } from './run.js';

type Maybe<T> = T | null | undefined;

interface UpsertBucketInput {
  readonly clientMutationId?: Maybe<string>;
  readonly id?: Maybe<string>;
  readonly entityName?: Maybe<string>;
  readonly modelName?: Maybe<string>;
  readonly name?: Maybe<string>;
  readonly displayName?: Maybe<string>;
  readonly description?: Maybe<string>;
  readonly notes?: Maybe<string>;
  readonly groupName?: Maybe<string>;
  readonly jobType?: Maybe<string>;
  readonly commit?: Maybe<string>;
  readonly host?: Maybe<string>;
  readonly state?: Maybe<string>;
  readonly sweep?: Maybe<string>;
  readonly tags?: Maybe<readonly Maybe<string>[]>;
  readonly config?: Maybe<string>;
  readonly summaryMetrics?: Maybe<string>;
}

interface DeleteRunInput {
  readonly id: string;
  readonly deleteArtifacts?: Maybe<boolean>;
  readonly clientMutationId?: Maybe<string>;
}

/** The root fields that change runs and projects. */
export function runMutations(instance: Instance) {
  const { world } = instance;

  const entityOf = (name: Maybe<string>): Entity => {
    const entity = world.entity(name);
    if (!entity) throw new HttpError(404, `entity ${name} not found`);
    return entity;
  };

  const findOrMakeProject = (
    entityName: Maybe<string>,
    name: string,
  ): { project: Project; inserted: boolean } => {
    const entity = entityOf(entityName);
    const inserted = !entity.projects.has(name);
    if (inserted && !/^[^/\\#?%:\0]{1,128}$/.test(name)) {
      throw new HttpError(400, `invalid project name ${JSON.stringify(name)}`);
    }
    return { project: world.ensureProject(entity, name), inserted };
  };

  const findOrInsert = (input: UpsertBucketInput): { run: Run; inserted: boolean } => {
    if (input.id) {
      const run = world.runById(input.id);
      if (!run) throw new HttpError(404, 'run not found');
      return { run, inserted: false };
    }
    const name = input.name || world.randomRunName();
    const projectName = input.modelName || 'uncategorized';
    const known = world.project(input.entityName, projectName)?.runs.get(name);
    if (known) return { run: known, inserted: false };
    if (!/^(?!\s)[^:;,#?/']{1,128}(?<!\s)$/.test(name)) {
      throw new HttpError(400, `invalid run name ${JSON.stringify(name)}`);
    }
    const { project } = findOrMakeProject(input.entityName, projectName);
    if (project.deletedRuns.has(name)) {
      throw new HttpError(
        409,
        `run ${project.name}/${name} was previously created and deleted; try a new run name`,
      );
    }
    return { run: world.ensureRun(project, name), inserted: true };
  };

  return {
    /** Fields that are null leave what is there. */
    upsertBucket: ({ input }: { input: UpsertBucketInput }) => {
      const { run, inserted } = findOrInsert(input);
      run.displayName = input.displayName ?? run.displayName;
      run.description = input.description ?? run.description;
      run.notes = input.notes ?? run.notes;
      run.group = input.groupName ?? run.group;
      run.jobType = input.jobType ?? run.jobType;
      run.commit = input.commit ?? run.commit;
      run.host = input.host ?? run.host;
      run.state = input.state ?? run.state;
      run.sweepName = input.sweep ?? run.sweepName;
      run.tags = input.tags?.filter((tag) => typeof tag === 'string') ?? run.tags;
      run.config = input.config ?? run.config;
      run.summaryMetrics = input.summaryMetrics ?? run.summaryMetrics;
      return {
        clientMutationId: input.clientMutationId ?? null,
        bucket: runNode(instance, run),
        inserted,
        updateAvailable: false,
      };
    },

    /** A run that is gone already is no error; an id that never was one's is. */
    deleteRun: ({ input }: { input: DeleteRunInput }) => {
      const run = world.runById(input.id);
      if (run) instance.artifacts.deleteRun(run, input.deleteArtifacts ?? false);
      else if (!world.wasDeleted(input.id)) throw new HttpError(404, 'run not found');
      return { clientMutationId: input.clientMutationId ?? null };
    },

    upsertModel: ({
      input,
    }: {
      input: {
        id?: Maybe<string>;
        entityName?: Maybe<string>;
        name?: Maybe<string>;
        description?: Maybe<string>;
        clientMutationId?: Maybe<string>;
      };
    }) => {
      const { project, inserted } = findOrMakeProject(input.entityName, input.name ?? '');
      project.description = input.description ?? project.description;
      const node = projectNode(instance, project);
      return {
        clientMutationId: input.clientMutationId ?? null,
        entityName: project.entity.name,
        inserted,
        model: node,
        project: node,
      };
    },

    deleteModel: ({ input }: { input: { id: string; clientMutationId?: Maybe<string> } }) => {
      const project = world.projectById(input.id);
      if (!project) throw new HttpError(404, 'project not found');
      instance.artifacts.deleteProject(project);
      return { clientMutationId: input.clientMutationId ?? null, success: true };
    },
  };
}
