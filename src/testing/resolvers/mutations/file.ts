import { GraphQLError } from 'graphql';
import { found } from '../../server/http.js';
import { checkLimit } from '../../server/limits.js';
import type { Instance } from '../../world/instance.js';
import { isManifest, type Run, runId } from '../../world/records.js';
import { checkFileName, fileNode } from '../file.js';
import type { InProject } from './input.js';

interface RunFilesInput extends InProject {
  readonly runName: string;
  readonly files: readonly string[];
}

/** The root fields that change files. */
export function fileMutations(instance: Instance) {
  const { world, settings } = instance;

  const runOf = ({ entityName, projectName, runName }: RunFilesInput): Run =>
    found(world.run(entityName, projectName, runName), `run ${entityName}/${projectName}/${runName}`);

  return {
    createRunFiles: (input: RunFilesInput) => {
      const run = runOf(input);
      checkLimit('files', input.files.length, settings.limits.files);
      for (const name of input.files) checkFileName(name);
      return {
        runID: runId(run),
        uploadHeaders: settings.uploadHeaders,
        files: input.files.map((name) => fileNode(instance, world.declare(run, name))),
      };
    },

    markRunFilesUploaded: (input: RunFilesInput) => {
      const run = runOf(input);
      checkLimit('files', input.files.length, settings.limits.files);
      for (const name of input.files) {
        const row = run.files.get(name);
        if (row) world.mark(row);
      }
      return { success: true };
    },

    /** All of a batch or nothing of it. What is gone already is no error. */
    deleteFiles: (input: { files: readonly string[]; projectId?: number | null }) => {
      checkLimit('ids', input.files.length, settings.limits.ids);
      const rows = input.files.map((id) => world.rows.get(id)).filter((row) => row !== undefined);
      for (const row of rows) {
        if (isManifest(row.name))
          throw new GraphQLError(`file ${row.name} belongs to an artifact and can't be deleted`);
        const isElsewhere = typeof input.projectId === 'number' && input.projectId !== row.run.project.number;
        if (isElsewhere) throw new GraphQLError(`file ${row.name} is not in project ${input.projectId}`);
      }
      for (const row of rows) world.deleteRow(row);
      return { success: true };
    },
  };
}
