import { checkTypeName } from '../../artifacts/names.js';
import { found, HttpError } from '../../server/http.js';
import type { Instance } from '../../world/instance.js';
import type { Project } from '../../world/records.js';
import {
  checkProjectName,
  entityToChange,
  type Maybe,
  projectToChange,
  projectToMake,
  takeOver,
} from './input.js';

interface UpsertModelInput {
  readonly id?: Maybe<string>;
  readonly entityName?: Maybe<string>;
  readonly name?: Maybe<string>;
  readonly description?: Maybe<string>;
  readonly access?: Maybe<string>;
  readonly views?: Maybe<string>;
  readonly allowAllArtifactTypesInRegistry?: Maybe<boolean>;
  readonly artifactTypes?: Maybe<readonly { readonly name: string; readonly description?: Maybe<string> }[]>;
}

interface RenameInput {
  readonly entityName: string;
  readonly oldProjectName: string;
  readonly newProjectName: string;
}

/** The root fields that change projects. Registries are projects of an organisation's entity. */
export function projectMutations(instance: Instance) {
  const { world, catalogue } = instance;

  const answer = (project: Project, inserted: boolean) => {
    const node = instance.nodes.project(project);
    return { entityName: project.entity.name, inserted, model: node, project: node };
  };

  const byId = (id: string): Project => found(world.projectById(id), 'project');

  return {
    upsertModel: (input: UpsertModelInput) => {
      for (const { name } of input.artifactTypes ?? []) checkTypeName(name);
      const entity = input.id ? null : entityToChange(instance, input.entityName);
      const inserted = entity !== null && !entity.projects.has(input.name ?? '');
      if (inserted) checkProjectName(input.name ?? '');
      const project = input.id ? byId(input.id) : projectToMake(instance, input.entityName, input.name);
      takeOver(project, input, ['description', 'access', 'views']);
      project.allowsAllTypes = input.allowAllArtifactTypesInRegistry ?? project.allowsAllTypes;
      project.updatedAt = Date.now();
      for (const { name, description } of input.artifactTypes ?? [])
        catalogue.ensureType(project, name, description ?? null);
      return answer(project, inserted);
    },

    renameProject: (input: RenameInput) => {
      const project = projectToChange(instance, { ...input, projectName: input.oldProjectName });
      checkProjectName(input.newProjectName);
      if (project.entity.projects.has(input.newProjectName) && input.newProjectName !== project.name)
        throw new HttpError(409, `project ${input.entityName}/${input.newProjectName} already exists`);
      world.renameProject(project, input.newProjectName);
      return answer(project, false);
    },

    deleteModel: (input: { id: string }) => {
      instance.deletion.deleteProject(byId(input.id));
      return { success: true };
    },
  };
}
