import { GraphQLError } from 'graphql';
import { isObject, readSent } from '../graphql/json.js';
import { isKey, LONGEST_KEY } from '../storage/objects.js';
import { isVersionName } from './records.js';

/** What the service asks of names. Names that are seeded needn't obey: older data holds others. */
const LONGEST = 128;

export function checkCollectionName(name: string): void {
  if (!/^[^/:\0]+$/.test(name) || name.length > LONGEST) {
    throw new GraphQLError(`invalid artifact collection name ${JSON.stringify(name)}`);
  }
}

export function checkTypeName(name: string): void {
  if (!/^[-\w](?:[-.\w ]*[-.\w])?$/.test(name) || name.length > LONGEST) {
    throw new GraphQLError(`invalid artifact type name ${JSON.stringify(name)}`);
  }
}

/** 'vN' is a version's own name, never an alias. */
export function checkAlias(name: string): void {
  if (!/^[^/:\0]+$/.test(name) || name.length > LONGEST || isVersionName(name)) {
    throw new GraphQLError(`invalid artifact alias ${JSON.stringify(name)}`);
  }
}

export function checkTag(name: string): void {
  if (!/^[-\w]+([ ]+[-\w]+)*$/.test(name) || name.length > LONGEST) {
    throw new GraphQLError(`invalid tag ${JSON.stringify(name)}`);
  }
}

/** Keys of the object store have at most 1,024 bytes; the rest of one names the artifact. */
export function checkPath(name: string): void {
  if (!isKey(name) || Buffer.byteLength(name) > LONGEST_KEY) {
    throw new GraphQLError(`invalid artifact file name ${JSON.stringify(name)}`);
  }
}

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
