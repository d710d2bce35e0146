import type { Entry } from '../../../contract/entry.js';
import { Failure } from '../../../contract/failure.js';
import type { TreePath } from '../../../contract/tree-path.js';
import { childPath } from '../../../contract/tree-path.js';
import type {
  CollectionAliasFragment,
  ListedVersionFragment,
  MembershipFactsFragment,
  VersionFactsFragment,
} from '../../../wire/generated.js';
import { isVersionName } from '../names.js';
import { aliasEntry, versionEntry } from './entries.js';

/** A version in one of its collections. */
export interface Membership {
  readonly artifact: ListedVersionFragment;
  /** Its number there, 'vN'. */
  readonly name: string;
  /** The aliases that point to it there. */
  readonly aliases: readonly string[];
}

/** Without the version's own name, which some servers list too. */
export const aliasNames = (aliases: readonly { readonly alias: string }[]): readonly string[] =>
  aliases.map(({ alias }) => alias).filter((alias) => !isVersionName(alias));

/** Those of one collection, of a version that may be in several. */
export const aliasesIn = (
  collectionId: string,
  aliases: readonly CollectionAliasFragment[],
): readonly string[] =>
  aliasNames(aliases.filter(({ artifactCollection }) => artifactCollection?.id === collectionId));

/** The version in the collection that it was made in; null while it has no number there. */
export function ownMembership(facts: VersionFactsFragment): Membership | null {
  const { state, versionIndex, artifactSequence, aliases } = facts;
  if (state !== 'COMMITTED' || versionIndex === null) return null;
  return { artifact: facts, name: `v${versionIndex}`, aliases: aliasesIn(artifactSequence.id, aliases) };
}

/** The version in the collection that it was asked for in. */
export function membershipOf({ artifact, versionIndex, aliases }: MembershipFactsFragment): Membership {
  if (!artifact || versionIndex === null) {
    throw new Failure('EPROTO', "The server doesn't tell the number of the version.");
  }
  return { artifact, name: `v${versionIndex}`, aliases: aliasNames(aliases) };
}

/** What a listing of the collection shows of the version: its directory, and its aliases. */
export function membershipEntries(
  collection: TreePath,
  { artifact, name, aliases }: Membership,
): readonly Entry[] {
  const version = versionEntry(childPath(collection, name), artifact);
  return [version, ...aliases.map((alias) => aliasEntry(collection, alias, version))];
}
