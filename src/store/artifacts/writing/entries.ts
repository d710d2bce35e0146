import type { ListedVersionFragment, VersionFactsFragment } from '../../../wire/generated.js';
import type { Entry, TreePath } from '../../contract.js';
import { aliasEntry, versionEntry } from '../entries.js';
import { childPath, isVersionName } from '../places.js';

/** A version in one of its collections, with the aliases that point to it there. */
export interface Member {
  readonly artifact: ListedVersionFragment;
  /** 'vN'. */
  readonly name: string;
  readonly aliases: readonly string[];
}

/** The version in the collection that it was made in; null while it has no number there. */
export function memberOf(facts: VersionFactsFragment): Member | null {
  const { state, versionIndex, artifactSequence, aliases } = facts;
  if (state !== 'COMMITTED' || versionIndex === null) return null;
  // Of a version that is linked the server tells the aliases in all collections.
  const own = aliases.filter(({ artifactCollection }) => artifactCollection?.id === artifactSequence.id);
  return { artifact: facts, name: `v${versionIndex}`, aliases: namesOf(own) };
}

/** Without the version's own name, which some servers list too. */
export const namesOf = (aliases: readonly { readonly alias: string }[]): readonly string[] =>
  aliases.map(({ alias }) => alias).filter((alias) => !isVersionName(alias));

/** What a listing of the collection at `directory` shows of the version: its directory, and its aliases. */
export function entriesOf(directory: TreePath, { artifact, name, aliases }: Member): readonly Entry[] {
  const version = versionEntry(childPath(directory, name), artifact);
  return [version, ...aliases.map((alias) => aliasEntry(directory, alias, version))];
}
