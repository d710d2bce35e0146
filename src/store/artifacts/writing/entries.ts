import type { VersionFactsFragment } from '../../../wire/generated.js';
import { timeOf } from '../../common/nodes.js';
import type { Entry, TreePath } from '../../contract.js';
import { isVersionName, memberPath } from './places.js';

/** A version in one of its collections, with the aliases that point to it there. */
export interface Member {
  readonly artifactId: string;
  readonly versionIndex: number;
  readonly createdAt: string;
  readonly updatedAt: string | null;
  readonly aliases: readonly { readonly id: string | null; readonly alias: string }[];
}

export const versionNameOf = ({ versionIndex }: Pick<Member, 'versionIndex'>): string => `v${versionIndex}`;

/** The version in the collection that it was made in; null while it has no number there. */
export function memberOf(facts: VersionFactsFragment): Member | null {
  const { id, state, versionIndex, createdAt, updatedAt, artifactSequence, aliases } = facts;
  if (state !== 'COMMITTED' || versionIndex === null) return null;
  return {
    artifactId: id,
    versionIndex,
    createdAt,
    updatedAt,
    // Of a version that is linked the server tells the aliases in all collections.
    aliases: aliases.filter(({ artifactCollection }) => artifactCollection?.id === artifactSequence.id),
  };
}

/** What a listing of the collection at `directory` shows of the version: its directory, and its aliases. */
export function entriesOf(directory: TreePath, member: Member): readonly Entry[] {
  const names = member.aliases.filter(({ alias }) => !isVersionName(alias));
  return [versionEntry(directory, member), ...names.map((alias) => aliasEntry(directory, member, alias))];
}

function versionEntry(directory: TreePath, member: Member): Entry {
  const { artifactId, createdAt, updatedAt } = member;
  return {
    path: memberPath(directory, versionNameOf(member)),
    kind: 'directory',
    size: null,
    mtimeMs: timeOf(updatedAt ?? createdAt),
    birthtimeMs: timeOf(createdAt),
    version: `directory:${artifactId}`,
    md5: null,
    id: artifactId,
    isReadOnly: true,
  };
}

function aliasEntry(
  directory: TreePath,
  member: Member,
  { id, alias }: { readonly id: string | null; readonly alias: string },
): Entry {
  const target = versionNameOf(member);
  const time = timeOf(member.updatedAt ?? member.createdAt);
  return {
    path: memberPath(directory, alias),
    kind: 'symlink',
    target,
    size: Buffer.byteLength(target),
    mtimeMs: time,
    birthtimeMs: timeOf(member.createdAt),
    version: `alias:${member.artifactId}`,
    md5: null,
    id,
    isReadOnly: false,
  };
}
