import type { EntityFacts, ProjectFacts, UserFacts } from '../../contract/knowledge/facts.js';
import { withoutConstants } from '../../platform/json.js';
import { EntityInfoDocument, ProjectInfoDocument, type UserNameFragment } from '../../wire/generated.js';
import { WireFailure } from '../../wire/wire-failure.js';
import type { StoreContext } from './context.js';
import { isoOf, madeAt } from './rows.js';

/** What the server knows of an entity, or of a project of it; null without it. */
export async function factsAbove(
  { client }: StoreContext,
  [entity = '', project]: readonly string[],
  signal: AbortSignal | undefined,
): Promise<EntityFacts | ProjectFacts | null> {
  if (project === undefined) {
    const found = (await client.run(EntityInfoDocument, { entity }, { signal })).entity;
    if (!found) return null;
    const { id, name, isTeam, createdAt } = found;
    return { kind: 'entity', id, name, isTeam, createdAt: madeAt(createdAt) };
  }
  const found = (await client.run(ProjectInfoDocument, { entity, project }, { signal })).project;
  if (!found) return null;
  const { id, name, entityName, description, user, runCount } = found;
  return {
    kind: 'project',
    id,
    name,
    entity: entityName,
    description,
    user: userOf(user),
    runCount,
    createdAt: madeAt(found.createdAt),
    updatedAt: isoOf(found.updatedAt),
    lastActive: isoOf(found.lastActive),
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
    return JSON.parse(withoutConstants(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new WireFailure('EPROTO', `${what} is no JSON.`, error.message, 'protocol');
  }
}
