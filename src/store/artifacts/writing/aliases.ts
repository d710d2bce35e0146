import type { Entry } from '../../../contract/entry.js';
import { Failure } from '../../../contract/failure.js';
import type { TreePath } from '../../../contract/tree-path.js';
import type { Signalled } from '../../../contract/uploads.js';
import {
  FindMembershipDocument,
  type FindMembershipQuery,
  LinkArtifactDocument,
  LinkArtifactWithMembershipDocument,
  ListCollectionAliasesDocument,
  type ListCollectionAliasesQuery,
  type MembershipFactsFragment,
} from '../../../wire/generated.js';
import { nextOf, nodesOf } from '../../common/rows.js';
import type { ArtifactsContext } from '../context.js';
import { type Membership, membershipEntries, membershipOf } from '../listing/entries.js';
import { checkAlias, isVersionName } from '../names.js';
import { type CollectionName, memberAt, nameOf } from '../places.js';
import { type AliasChange, addAliases, deleteAliases, unlessProtected } from './alias-changes.js';
import { step } from './failures.js';

/** Servers that answer to a link with what it made. */
const LINK_FEATURE = 'ARTIFACT_MEMBERSHIP_IN_LINK_ARTIFACT_RESPONSE';

type Into = NonNullable<FindMembershipQuery['into']>['artifactCollection'];

type Found = MembershipFactsFragment & { readonly artifact: { readonly id: string } };

/** Makes a name beside versions an alias of a version, which is linked there if it is of another collection. */
export async function symlink(
  context: ArtifactsContext,
  link: { readonly path: TreePath; readonly target: TreePath; readonly replaces: TreePath | null },
  { signal }: Signalled,
): Promise<readonly Entry[]> {
  const { organizations } = context;
  const alias = memberAt(link.path);
  const target = memberAt(link.target);
  checkAlias(alias.name);
  const place = await organizations.serverName(alias.collection, signal);
  const isLink = alias.directory !== target.directory;
  const from = isLink ? await organizations.serverName(target.collection, signal) : place;
  const { found, into } = await findMember(context, from, target.name, isLink ? place : null, signal);
  if (!found) throw new Failure('ENOENT', `There is no version '${target.name}' of ${nameOf(from)}.`);
  const change = { place, artifactId: found.artifact.id, aliases: [alias.name] };
  const member = isLink
    ? await linkVersion(context, { ...change, from, into }, signal)
    : await addAlias(context, change, found, signal);
  if (link.replaces !== null && link.replaces !== link.path) {
    const { directory, name } = memberAt(link.replaces);
    // An alias that points to another version is removed from that one.
    const isHere = directory === alias.directory && member.aliases.includes(name);
    if (isHere) await deleteAliases(context, { ...change, aliases: [name] }, signal);
    else await removeAliases(context, [{ path: link.replaces }], { signal });
  }
  return membershipEntries(alias.directory, member).filter(({ path }) =>
    isLink ? path === link.path || path !== link.replaces : path === link.path,
  );
}

/** What an alias points to is asked for, whatever was listed: taken from a version that lost it meanwhile, it would stay. */
export async function removeAliases(
  context: ArtifactsContext,
  files: readonly { readonly path: TreePath }[],
  { signal }: Signalled,
): Promise<void> {
  const groups = new Map<TreePath, { collection: CollectionName; names: Set<string> }>();
  for (const { path } of files) {
    const { directory, collection, name } = memberAt(path);
    if (isVersionName(name)) throw new Failure('EISDIR', `'${name}' is a version; remove it with rmdir.`);
    const group = groups.get(directory) ?? { collection, names: new Set() };
    group.names.add(name);
    groups.set(directory, group);
  }
  for (const { collection, names } of groups.values()) {
    const place = await context.organizations.serverName(collection, signal);
    for (const [artifactId, aliases] of await artifactsOf(context, place, names, signal)) {
      await deleteAliases(context, { place, artifactId, aliases }, signal);
    }
  }
}

async function findMember(
  { client }: ArtifactsContext,
  place: CollectionName,
  name: string,
  into: CollectionName | null,
  signal: AbortSignal | undefined,
): Promise<{ readonly found: Found | null; readonly into: Into }> {
  const variables = {
    entity: place.entity,
    project: place.project,
    name: `${place.collection}:${name}`,
    intoEntity: into?.entity ?? '',
    intoProject: into?.project ?? '',
    into: into?.collection ?? '',
    isLink: into !== null,
  };
  const answer = await step('Looking the version up failed', () =>
    client.run(FindMembershipDocument, variables, { signal }),
  );
  if (into && !answer.into) {
    throw new Failure('ENOENT', `There is no project '${into.project}'; make it with mkdir.`);
  }
  const membership = answer.project?.artifactCollectionMembership;
  const artifact = membership?.artifact;
  return {
    found: membership && artifact?.state === 'COMMITTED' ? { ...membership, artifact } : null,
    into: answer.into?.artifactCollection ?? null,
  };
}

async function addAlias(
  context: ArtifactsContext,
  change: AliasChange,
  found: Found,
  signal: AbortSignal | undefined,
): Promise<Membership> {
  await addAliases(context, change, signal);
  const member = membershipOf(found);
  return { ...member, aliases: [...new Set([...member.aliases, ...change.aliases])] };
}

/** @param into the collection that the version gets an alias in, if it is there */
async function linkVersion(
  context: ArtifactsContext,
  {
    artifactId,
    aliases,
    from,
    place,
    into,
  }: AliasChange & { readonly from: CollectionName; readonly into: Into },
  signal: AbortSignal | undefined,
): Promise<Membership> {
  if (into?.__typename === 'ArtifactSequence') {
    throw new Failure(
      'EPERM',
      `'${place.collection}' has versions of its own; link into a collection of a registry, or one of another name.`,
    );
  }
  const type = into?.defaultArtifactType.name ?? place.type;
  if (place.type !== from.type || type !== from.type) {
    throw new Failure(
      'EINVAL',
      `'${nameOf(from)}' is of type '${from.type}'; link it into a collection of that type.`,
    );
  }
  const input = {
    artifactID: artifactId,
    artifactPortfolioName: place.collection,
    entityName: place.entity,
    projectName: place.project,
    aliases: aliases.map((alias) => ({ artifactCollectionName: place.collection, alias })),
  };
  const { client, features } = context;
  const hasMembership = await features.has(LINK_FEATURE);
  const made = await unlessProtected(aliases, 'Linking the version failed', async () => {
    if (hasMembership) {
      return (await client.run(LinkArtifactWithMembershipDocument, { input }, { signal })).linkArtifact;
    }
    const { linkArtifact } = await client.run(LinkArtifactDocument, { input }, { signal });
    return { ...linkArtifact, artifactMembership: null };
  });
  if (made?.artifactMembership) return membershipOf(made.artifactMembership);
  if (typeof made?.versionIndex !== 'number') {
    throw new Failure('EPROTO', "The server didn't answer with the linked version.");
  }
  const { found } = await findMember(context, place, `v${made.versionIndex}`, null, signal);
  if (!found) throw new Failure('EPROTO', "The server doesn't show the version that was linked.");
  return membershipOf(found);
}

/** The aliases that there are of those wanted, by the artifacts that they point to. */
async function artifactsOf(
  context: ArtifactsContext,
  { entity, project, collection }: CollectionName,
  wanted: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { sizes } = context;
  const found = new Map<string, string[]>();
  const missing = new Set(wanted);
  for (let after: string | null = null; missing.size > 0; ) {
    const from: string | null = after;
    const answer: ListCollectionAliasesQuery = await sizes.adapt('page', sizes.get('page'), (first) =>
      context.rows(
        ListCollectionAliasesDocument,
        { entity, project, collection, after: from, first },
        signal,
      ),
    );
    const page = answer.project?.artifactCollection?.aliases;
    for (const { alias, artifact } of nodesOf(page)) {
      if (!artifact || !missing.delete(alias)) continue;
      found.set(artifact.id, [...(found.get(artifact.id) ?? []), alias]);
    }
    after = nextOf(page);
    // What isn't there is removed already.
    if (after === null || after === from) break;
  }
  return found;
}
