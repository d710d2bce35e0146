import { GraphQLError } from 'graphql';
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
  const isPath = name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  if (!isPath || name.includes('\0') || Buffer.byteLength(name) > 1024) {
    throw new GraphQLError(`invalid artifact file name ${JSON.stringify(name)}`);
  }
}

export function checkMetadata(text: string | null | undefined): void {
  if (text === null || text === undefined) return;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  } catch (cause) {
    throw new GraphQLError('invalid artifact metadata: it is not JSON', {
      originalError: cause instanceof Error ? cause : null,
    });
  }
  throw new GraphQLError('invalid artifact metadata: it is not an object');
}

/** Seconds as they are kept: null where they are inherited (-1), 0 where the version never ends (-2). */
export function ttlOf(seconds: number): number | null {
  if (seconds === -1) return null;
  if (seconds === -2) return 0;
  if (Number.isSafeInteger(seconds) && seconds > 0) return seconds;
  throw new GraphQLError(`invalid ttlDurationSeconds ${seconds}`);
}
