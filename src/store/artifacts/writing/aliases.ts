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
import { addAliases, deleteAliases, unlessProtected } from './alias-changes.js';
import { step } from './failures.js';

/** Servers that answer to a link with what it made. */
const LINK_FEATURE = 'ARTIFACT_MEMBERSHIP_IN_LINK_ARTIFACT_RESPONSE';

type Into = NonNullable<FindMembershipQuery['into']>['artifactCollection'];

type AliasPage =
  | NonNullable<NonNullable<ListCollectionAliasesQuery['project']>['artifactCollection']>['aliases']
  | null;

/** A version that gets an alias in another collection. */
interface Link {
  readonly artifactId: string;
  readonly from: CollectionName;
  readonly place: CollectionName;
  readonly alias: string;
  /** That collection, if it is there. */
  readonly into: Into;
}

interface Found {
  readonly membership: MembershipFactsFragment;
  readonly artifactId: string;
}

/** Sets, moves, links and removes aliases. */
export class Aliases {
  constructor(private readonly context: ArtifactsContext) {}

  async symlink(
    link: { readonly path: TreePath; readonly target: TreePath; readonly replaces: TreePath | null },
    { signal }: Signalled,
  ): Promise<readonly Entry[]> {
    const alias = memberAt(link.path);
    const target = memberAt(link.target);
    checkAlias(alias.name);
    const place = await this.context.organizations.serverName(alias.collection, signal);
    const isLink = alias.directory !== target.directory;
    const from = isLink ? await this.context.organizations.serverName(target.collection, signal) : place;
    const { found, into } = await this.find(from, target.name, isLink ? place : null, signal);
    if (!found) throw new Failure('ENOENT', `There is no version '${target.name}' of ${nameOf(from)}.`);
    const member = isLink
      ? await this.link({ artifactId: found.artifactId, from, place, alias: alias.name, into }, signal)
      : await this.add(found, place, alias.name, signal);
    if (link.replaces !== null && link.replaces !== link.path) {
      await this.replace(link.replaces, member, { place, ...alias, artifactId: found.artifactId }, signal);
    }
    return membershipEntries(alias.directory, member).filter(({ path }) =>
      isLink ? path === link.path || path !== link.replaces : path === link.path,
    );
  }

  /** What an alias points to is asked for, whatever was listed: taken from a version that lost it meanwhile, it would stay. */
  async remove(files: readonly { readonly path: TreePath }[], { signal }: Signalled): Promise<void> {
    const groups = new Map<TreePath, { place: CollectionName; names: Set<string> }>();
    for (const { path } of files) {
      const { directory, collection, name } = memberAt(path);
      if (isVersionName(name)) throw new Failure('EISDIR', `'${name}' is a version; remove it with rmdir.`);
      const group = groups.get(directory) ?? { place: collection, names: new Set() };
      group.names.add(name);
      groups.set(directory, group);
    }
    for (const { place, names } of groups.values()) {
      const known = await this.context.organizations.serverName(place, signal);
      for (const [artifactId, aliases] of await this.artifactsOf(known, names, signal)) {
        await deleteAliases(this.context, { place: known, artifactId, aliases }, signal);
      }
    }
  }

  private async find(
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
      this.context.client.run(FindMembershipDocument, variables, { signal }),
    );
    if (into && !answer.into) {
      throw new Failure('ENOENT', `There is no project '${into.project}'; make it with mkdir.`);
    }
    const membership = answer.project?.artifactCollectionMembership ?? null;
    const artifact = membership?.artifact;
    const isThere = artifact?.state === 'COMMITTED' && membership !== null;
    return {
      found: isThere ? { membership, artifactId: artifact.id } : null,
      into: answer.into?.artifactCollection ?? null,
    };
  }

  private async add(
    { membership, artifactId }: Found,
    place: CollectionName,
    alias: string,
    signal: AbortSignal | undefined,
  ): Promise<Membership> {
    await addAliases(this.context, { place, artifactId, aliases: [alias] }, signal);
    const member = membershipOf(membership);
    return { ...member, aliases: [...new Set([...member.aliases, alias])] };
  }

  private async link(
    { artifactId, from, place, alias, into }: Link,
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
      aliases: [{ artifactCollectionName: place.collection, alias }],
    };
    const { client, features } = this.context;
    const hasMembership = await features.has(LINK_FEATURE);
    const made = await unlessProtected([alias], 'Linking the version failed', async () => {
      if (!hasMembership) {
        return {
          ...(await client.run(LinkArtifactDocument, { input }, { signal })).linkArtifact,
          artifactMembership: null,
        };
      }
      return (await client.run(LinkArtifactWithMembershipDocument, { input }, { signal })).linkArtifact;
    });
    if (made?.artifactMembership) return membershipOf(made.artifactMembership);
    if (typeof made?.versionIndex !== 'number') {
      throw new Failure('EPROTO', "The server didn't answer with the linked version.");
    }
    const { found } = await this.find(place, `v${made.versionIndex}`, null, signal);
    if (!found) throw new Failure('EPROTO', "The server doesn't show the version that was linked.");
    return membershipOf(found.membership);
  }

  /** An alias that points to another version is removed from that one. */
  private async replace(
    path: TreePath,
    { aliases }: Membership,
    made: { readonly place: CollectionName; readonly directory: TreePath; readonly artifactId: string },
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const old = memberAt(path);
    const isHere = old.directory === made.directory && aliases.includes(old.name);
    if (!isHere) return this.remove([{ path }], { signal });
    await deleteAliases(this.context, { ...made, aliases: [old.name] }, signal);
  }

  /** The aliases that there are of those wanted, by the artifacts that they point to. */
  private async artifactsOf(
    place: CollectionName,
    wanted: ReadonlySet<string>,
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const { sizes } = this.context;
    const found = new Map<string, string[]>();
    const missing = new Set(wanted);
    for (let after: string | null = null; missing.size > 0; ) {
      const from: string | null = after;
      const page: AliasPage = await sizes.adapt('page', sizes.get('page'), (first) =>
        this.aliasPage(place, from, first, signal),
      );
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

  private async aliasPage(
    { entity, project, collection }: CollectionName,
    after: string | null,
    first: number,
    signal: AbortSignal | undefined,
  ): Promise<AliasPage> {
    const variables = { entity, project, collection, after, first };
    const options = this.context.sized(first, signal);
    const answer = await this.context.client.run(ListCollectionAliasesDocument, variables, options);
    return answer.project?.artifactCollection?.aliases ?? null;
  }
}
