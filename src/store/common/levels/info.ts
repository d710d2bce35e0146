import type { EntityFacts, ProjectFacts, UserFacts } from '../../../contract/facts.js';
import { EntityInfoDocument, ProjectInfoDocument, type UserNameFragment } from '../../../wire/generated.js';
import type { StoreContext } from '../context.js';
import { isoOf, madeAt } from './nodes.js';

export async function entityInfo(
  { client }: StoreContext,
  name: string,
  signal: AbortSignal | undefined,
): Promise<EntityFacts | null> {
  const { entity } = await client.run(EntityInfoDocument, { entity: name }, { signal });
  if (!entity) return null;
  const { id, isTeam, createdAt } = entity;
  return { kind: 'entity', id, name: entity.name, isTeam, createdAt: madeAt(createdAt) };
}

export async function projectInfo(
  { client }: StoreContext,
  names: { readonly entity: string; readonly project: string },
  signal: AbortSignal | undefined,
): Promise<ProjectFacts | null> {
  const { project } = await client.run(ProjectInfoDocument, names, { signal });
  if (!project) return null;
  const { id, name, entityName, description, runCount } = project;
  return {
    kind: 'project',
    id,
    name,
    entity: entityName,
    description,
    user: userOf(project.user),
    runCount,
    createdAt: madeAt(project.createdAt),
    updatedAt: isoOf(project.updatedAt),
    lastActive: isoOf(project.lastActive),
  };
}

export const userOf = (user: UserNameFragment | null | undefined): UserFacts | null =>
  user ? { username: user.username, name: user.name } : null;
