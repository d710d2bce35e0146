import type { Entry } from '../../../contract/entry.js';
import { Failure } from '../../../contract/failure.js';
import { childPath, filePath, lastNameOf, type TreePath } from '../../../contract/tree-path.js';
import type {
  ArtifactFileRowFragment,
  CollectionAliasFragment,
  ListedVersionFragment,
  MembershipFactsFragment,
  VersionFactsFragment,
} from '../../../wire/generated.js';
import { canonicalMd5, type DirectoryFacts, directoryEntry, plausibleSize } from '../../common/rows.js';
import { contentNameOf, versionOf } from '../content.js';
import { isVersionName } from '../names.js';

/** An alias, as a link to the version beside it. Its id is the version's: an alias is removed from that. */
export function aliasEntry(collection: TreePath, alias: string, version: Entry): Entry {
  const target = lastNameOf(version.path);
  return {
    path: childPath(collection, alias),
    kind: 'symlink',
    target,
    size: Buffer.byteLength(target),
    mtimeMs: version.mtimeMs,
    birthtimeMs: version.birthtimeMs,
    version: `alias:${target}`,
    md5: null,
    id: version.id,
    isReadOnly: false,
  };
}

/** A collection that was deleted, or one of another type, isn't there. */
export function collectionEntry(
  path: TreePath,
  facts: DirectoryFacts & { readonly state: string },
): Entry | null {
  return facts.state === 'READY' ? directoryEntry(path, facts) : null;
}

interface FileFacts {
  /** Of the entry: names the content. */
  readonly version: string;
  readonly size: number | null;
  /** When the version was made: its files are as old. In milliseconds since the epoch. */
  readonly madeAtMs: number;
}

export function fileEntry(unit: TreePath, name: string, { version, size, madeAtMs }: FileFacts): Entry {
  const content = contentNameOf(version);
  return {
    path: filePath(unit, name),
    kind: 'file',
    size,
    mtimeMs: madeAtMs,
    birthtimeMs: madeAtMs,
    version,
    md5: content?.algorithm === 'md5' ? content.digest : null,
    id: null,
    isReadOnly: false,
  };
}

/**
 * What a row says of its content, as the manifest would say it; null where that takes the manifest. References have
 * rows too, whose addresses are both the URI; of files with XXH128 digests a row tells that digest beside the MD5.
 */
export function contentOfRow(row: ArtifactFileRowFragment): Pick<FileFacts, 'version' | 'size'> | null {
  const { digest, url, directUrl } = row;
  const md5 = canonicalMd5(row.md5);
  const isPlain = url !== directUrl && md5 !== null && (digest === null || canonicalMd5(digest) === md5);
  if (!isPlain) return null;
  return { version: versionOf({ algorithm: 'md5', digest: md5 }), size: plausibleSize(row.sizeBytes, md5) };
}

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
  const version = directoryEntry(childPath(collection, name), artifact);
  return [version, ...aliases.map((alias) => aliasEntry(collection, alias, version))];
}
