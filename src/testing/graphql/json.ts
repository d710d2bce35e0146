import { GraphQLError } from 'graphql';

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What lies below an object's keys; undefined where there is nothing. */
export const dig = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);

/** Reads what a client sent: of what can't be read it is told so, by a GraphQL error. */
export function readSent<Value>(problem: string, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    throw new GraphQLError(problem, { originalError: cause instanceof Error ? cause : null });
  }
}
