import { WireFailure } from '../../wire/wire-failure.js';

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
