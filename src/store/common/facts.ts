import type { EntityFacts, ProjectFacts, UserFacts } from '../../contract/facts.js';
import { EntityInfoDocument, ProjectInfoDocument, type UserNameFragment } from '../../wire/generated.js';
import { WireFailure } from '../../wire/wire-failure.js';
import type { StoreContext } from './context.js';
import { isoOf, madeAt } from './rows.js';

/** What the server knows of an entity, or of a project of it; null without it. */
export const factsAbove = (
  context: StoreContext,
  [entity = '', project]: readonly string[],
  signal: AbortSignal | undefined,
): Promise<EntityFacts | ProjectFacts | null> =>
  project === undefined
    ? entityFacts(context, entity, signal)
    : projectFacts(context, { entity, project }, signal);

async function entityFacts(
  { client }: StoreContext,
  name: string,
  signal: AbortSignal | undefined,
): Promise<EntityFacts | null> {
  const { entity } = await client.run(EntityInfoDocument, { entity: name }, { signal });
  if (!entity) return null;
  const { id, isTeam, createdAt } = entity;
  return { kind: 'entity', id, name: entity.name, isTeam, createdAt: madeAt(createdAt) };
}

async function projectFacts(
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

/**
 * An object that the server tells as JSON in text.
 *
 * @param what names it in the message, such as "The config of the run 'abc'"
 * @throws EPROTO for text that is no JSON object; `null` is an empty one
 */
export function objectOf(text: string, what: string): Readonly<Record<string, unknown>> {
  const value = parsed(text, what) ?? {};
  if (isObject(value)) return value;
  throw new WireFailure('EPROTO', `${what} is no JSON object.`, null, 'protocol');
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new WireFailure('EPROTO', `${what} is no JSON.`, error.message, 'protocol');
  }
}
