import { Failure } from '../../contract/failure.js';

/**
 * The rules of names in a tree of artifacts: those of W&B (protocol sections 8.1 and 8.2), and those that the tree adds
 * for what it says by names. Pure, for whoever checks a name before a request tells.
 */

/** Of names of all kinds. */
export const MOST_CHARACTERS = 128;

/** The alias that every commit sets. */
export const LATEST = 'latest';

export const invalid = (rule: string): Failure => new Failure('EINVAL', rule);

/** Aliases that look like this stand for the version of that number. */
export const isVersionName = (name: string): boolean => /^v\d+$/.test(name);

/** Names beside versions that nobody may choose: W&B's own numbers, and what is kept for commits. */
const isReserved = (name: string): boolean => isVersionName(name) || name.startsWith('@');

/** Throws EINVAL for names beside versions that no draft can have. */
export function checkDraftName(name: string): void {
  if (!isReserved(name) && name !== LATEST) return;
  throw invalid(
    'Versions get their names from W&B: choose another one for the draft (not vN or latest, nor one that begins with @), then commit it.',
  );
}

/** Throws EINVAL for names beside versions that no alias can have; `checkAlias` has the rules of W&B itself. */
export function checkAliasName(name: string): void {
  if (!isReserved(name)) return;
  throw invalid('W&B numbers versions itself: choose an alias that is no vN and does not begin with @.');
}

/**
 * The aliases that a draft is to be committed with when it is renamed to this, as segments of a path: `@commit+prod`
 * commits, for tools that know only `fs`. Null for a name that is only a name.
 */
export const aliasesOfCommit = (name: string): readonly string[] | null =>
  /^@commit(\+.+)?$/.test(name) ? name.split('+').slice(1) : null;

/** Throws EINVAL for what can be no alias. */
export function checkAlias(alias: string): void {
  if (alias === '') throw invalid('An alias must not be empty.');
  if (/[/:]/.test(alias)) throw invalid(`The alias '${alias}' must not contain '/' or ':'.`);
  if (alias.length > MOST_CHARACTERS) {
    throw invalid(`An alias has at most ${MOST_CHARACTERS} characters; '${alias.slice(0, 20)}…' is longer.`);
  }
  if (isVersionName(alias)) {
    throw invalid(
      `'${alias}' is the name of a version, which the server gives itself; choose another alias.`,
    );
  }
}

const NEW_COLLECTION = /^[a-zA-Z0-9_\-.]+$/;
const NEW_TYPE = /^[-\p{L}\p{N}_]+( *[-.\p{L}\p{N}_]+)*$/u;

/** Throws EINVAL for types that the service keeps for itself. */
export function checkReserved(type: string, collection: string): void {
  const prefix = new Map([
    ['job', ''],
    ['run_table', 'run-'],
    ['code', 'source-'],
  ]).get(type);
  if (type.startsWith('wandb-') || (prefix !== undefined && collection.startsWith(prefix))) {
    const what = prefix ? `'${type}' with names that begin with '${prefix}'` : `'${type}'`;
    throw invalid(`The artifact type ${what} is W&B's own; choose another type.`);
  }
}

/** Throws EINVAL for names that no new collection or type can have. */
export function checkNewCollection(collection: string): void {
  if (collection.length > MOST_CHARACTERS || !NEW_COLLECTION.test(collection)) {
    throw invalid(
      `A new artifact's name has letters of English, digits, '_', '-' and '.', ${MOST_CHARACTERS} at most; '${collection.slice(0, MOST_CHARACTERS)}' has others.`,
    );
  }
}

export function checkNewType(type: string): void {
  if (type.length > MOST_CHARACTERS || !NEW_TYPE.test(type)) {
    throw invalid(
      `A new artifact type's name has letters, digits, '_', '-', '.' and spaces between them, ${MOST_CHARACTERS} at most; '${type.slice(0, MOST_CHARACTERS)}' has others.`,
    );
  }
}

const WINDOWS_ANCHOR = /^[a-zA-Z]:|^\\|^\//;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Throws EINVAL for what can be no path inside of an artifact, or would become another one (protocol section 8.2). */
export function checkInnerPath(path: string): void {
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.')) {
    throw invalid(`An artifact can't hold '${path}': no part of a path is empty or '.'.`);
  }
  if (path.split(/[/\\]/).includes('..')) {
    throw invalid(`An artifact can't hold '${path}': no part of a path is '..'.`);
  }
  if (WINDOWS_ANCHOR.test(path)) {
    throw invalid(`An artifact can't hold '${path}': to Windows it is no relative path.`);
  }
  if (LONE_SURROGATE.test(path)) {
    throw invalid(`An artifact can't hold '${path}': it has half a character, which UTF-8 can't say.`);
  }
}
