import { GraphQLError } from 'graphql';
import { isObject, readSent } from '../graphql/json.js';
import { isKey, LONGEST_KEY } from '../storage/objects.js';
import { isVersionName } from './records.js';

/** What the service asks of names. Names that are seeded needn't obey: older data holds others. */
const LONGEST = 128;

const checking =
  (what: string, isValid: (name: string) => boolean) =>
  (name: string): void => {
    if (!isValid(name)) throw new GraphQLError(`invalid ${what} ${JSON.stringify(name)}`);
  };

const isName = (name: string): boolean => /^[^/:\0]+$/.test(name) && name.length <= LONGEST;

export const checkCollectionName = checking('artifact collection name', isName);

/** 'vN' is a version's own name, never an alias. */
export const checkAlias = checking('artifact alias', (name) => isName(name) && !isVersionName(name));

export const checkTypeName = checking(
  'artifact type name',
  (name) => /^[-\w](?:[-.\w ]*[-.\w])?$/.test(name) && name.length <= LONGEST,
);

export const checkTag = checking(
  'tag',
  (name) => /^[-\w]+([ ]+[-\w]+)*$/.test(name) && name.length <= LONGEST,
);

/** The rest of a key names the artifact. */
export const checkPath = checking(
  'artifact file name',
  (name) => isKey(name) && Buffer.byteLength(name) <= LONGEST_KEY,
);

export function checkMetadata(text: string | null | undefined): void {
  if (text === null || text === undefined) return;
  const value: unknown = readSent('invalid artifact metadata: it is not JSON', () => JSON.parse(text));
  if (!isObject(value)) throw new GraphQLError('invalid artifact metadata: it is not an object');
}

/** Seconds as they are kept: null where they are inherited (-1), 0 where the version never ends (-2). */
export function ttlOf(seconds: number): number | null {
  if (seconds === -1) return null;
  if (seconds === -2) return 0;
  if (Number.isSafeInteger(seconds) && seconds > 0) return seconds;
  throw new GraphQLError(`invalid ttlDurationSeconds ${seconds}`);
}
