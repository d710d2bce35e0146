import type { FakeWandb } from '../../../src/testing/index.js';
import { mutate, target } from '../artifact-client.js';
import { graphql } from '../client.js';

export interface Member {
  readonly versionIndex: number;
  readonly aliases: readonly { readonly alias: string }[];
  readonly artifact: { readonly id: string; readonly state: string; readonly digest: string };
}

/** What a name such as 'flowers:v0' means. */
export async function member(
  wandb: FakeWandb,
  name: string,
  project = 'lab/project',
): Promise<Member | null> {
  const [entity, projectName] = project.split('/');
  const { data } = await graphql<{ project: { artifactCollectionMembership: Member | null } }>(
    wandb,
    `query($entity: String, $project: String, $name: String!) { project(name: $project, entityName: $entity) {
       artifactCollectionMembership(name: $name) {
         versionIndex aliases { alias } artifact { id state digest } } } }`,
    { entity, project: projectName, name },
  );
  return data.project.artifactCollectionMembership;
}

/** 'v1 latest,prod' for each version of a collection, as it is listed. */
export async function versions(
  wandb: FakeWandb,
  collection = 'flowers',
  args = '',
  project = 'lab/project',
): Promise<string[]> {
  const [entity, projectName] = project.split('/');
  const { data, errors } = await graphql<{
    project: {
      artifactCollection: {
        artifacts: {
          edges: { version: string; node: { aliases: { alias: string }[] } }[];
        };
      } | null;
    };
  }>(
    wandb,
    `query($entity: String, $project: String, $name: String!) { project(name: $project, entityName: $entity) {
       artifactCollection(name: $name) { artifacts${args} {
         edges { version node { aliases(artifactCollectionName: $name) { alias } } } } } } }`,
    { entity, project: projectName, name: collection },
  );
  if (errors[0]) throw new Error(errors[0].message);
  return (data.project.artifactCollection?.artifacts.edges ?? []).map(({ version, node }) =>
    [
      version,
      node.aliases
        .map(({ alias }) => alias)
        .sort()
        .join(','),
    ]
      .join(' ')
      .trim(),
  );
}

export const addAliases = (
  wandb: FakeWandb,
  artifactID: string,
  aliases: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<{ success: boolean }> => changeAliases(wandb, 'addAliases', artifactID, aliases, more);

export const deleteAliases = (
  wandb: FakeWandb,
  artifactID: string,
  aliases: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<{ success: boolean }> => changeAliases(wandb, 'deleteAliases', artifactID, aliases, more);

const changeAliases = (
  wandb: FakeWandb,
  field: string,
  artifactID: string,
  aliases: readonly string[],
  more: Readonly<Record<string, string>>,
): Promise<{ success: boolean }> => {
  const { entityName, projectName, artifactCollectionName } = target;
  const where = { entityName, projectName, artifactCollectionName, ...more };
  return mutate(
    wandb,
    field,
    { artifactID, aliases: aliases.map((alias) => ({ ...where, alias })) },
    'success',
  );
};
