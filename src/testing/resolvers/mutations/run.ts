import { found, HttpError } from '../../server/http.js';
import type { Instance } from '../../world/instance.js';
import type { Run } from '../../world/records.js';
import { type Maybe, projectToMake, takeOver } from './input.js';

interface UpsertBucketInput {
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

/** By the states that a client may give a run: those that it may have then. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  pending: ['running', 'failed', 'crashed', 'preempted'],
  failed: ['pending', 'running'],
};

/** The root fields that change runs. */
export function runMutations(instance: Instance) {
  const { world } = instance;

  const byId = (id: string): Run => found(world.runById(id), 'run');

  const findOrInsert = (input: UpsertBucketInput): { run: Run; inserted: boolean } => {
    if (input.id) return { run: byId(input.id), inserted: false };
    const name = input.name || world.randomRunName();
    const projectName = input.modelName || 'uncategorized';
    const known = world.project(input.entityName, projectName)?.runs.get(name);
    if (known) return { run: known, inserted: false };
    if (!/^(?!\s)[^:;,#?/']{1,128}(?<!\s)$/.test(name)) {
      throw new HttpError(400, `invalid run name ${JSON.stringify(name)}`);
    }
    const project = projectToMake(instance, input.entityName, projectName);
    if (project.deletedRuns.has(name)) {
      throw new HttpError(
        409,
        `run ${project.name}/${name} was previously created and deleted; try a new run name`,
      );
    }
    return { run: world.ensureRun(project, name), inserted: true };
  };

  return {
    upsertBucket: (input: UpsertBucketInput) => {
      const { run, inserted } = findOrInsert(input);
      takeOver(run, input, ['displayName', 'description', 'notes', 'jobType', 'commit', 'host', 'state']);
      takeOver(run, input, ['config', 'summaryMetrics']);
      run.group = input.groupName ?? run.group;
      run.sweepName = input.sweep ?? run.sweepName;
      run.tags = input.tags?.filter((tag) => typeof tag === 'string') ?? run.tags;
      return { bucket: instance.nodes.run(run), inserted, updateAvailable: false };
    },

    /** A run that is gone already is no error; an id that never was one's is. */
    deleteRun: (input: { id: string; deleteArtifacts?: Maybe<boolean> }) => {
      const run = world.runById(input.id);
      if (run) instance.deletion.deleteRun(run, input.deleteArtifacts ?? false);
      else if (!world.deletedRunIds.has(input.id)) throw new HttpError(404, 'run not found');
      return {};
    },

    /** For runs that were lost, or are to be made again. */
    updateRunState: (input: { id: string; state: string }) => {
      const run = byId(input.id);
      if (run.sweepName !== null || !SOURCES[input.state]?.includes(run.state))
        throw new HttpError(400, `run ${run.name} is ${run.state}: it can't be ${input.state}`);
      run.state = input.state;
      return { success: true };
    },

    /** The run is told with its next post to the file stream. */
    stopRun: (input: { id: string }) => {
      byId(input.id).isStopped = true;
      return { success: true };
    },
  };
}
