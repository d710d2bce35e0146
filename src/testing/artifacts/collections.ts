import type { Settings } from '../options.js';
import { HttpError } from '../server/http.js';
import { type Alias, type Artifact, type Collection, isVersionName, type Membership } from './records.js';

/** Gives out the numbers that identify what is made. */
type Numbering = () => number;

/** The member that 'vN', an alias or, for an empty name, `latest` means. */
export function memberNamed(collection: Collection, name: string): Membership | null {
  const alias = collection.aliases.get(name === '' ? 'latest' : name);
  if (alias) return alias.membership;
  return isVersionName(name) ? (collection.members.get(Number(name.slice(1))) ?? null) : null;
}

export function memberOf(collection: Collection, artifact: Artifact): Membership | null {
  for (const member of artifact.memberships) if (member.collection === collection) return member;
  return null;
}

export function addMember(collection: Collection, artifact: Artifact, next: Numbering): Membership {
  const versionIndex = collection.nextIndex++;
  const createdAt = Date.now();
  const member = { number: next(), collection, artifact, versionIndex, createdAt, aliases: new Map() };
  collection.members.set(versionIndex, member);
  collection.updatedAt = createdAt;
  artifact.memberships.add(member);
  return member;
}

/** `latest` goes to the newest of those that remain; other aliases end with their version. */
export function removeMember(member: Membership, next: Numbering): void {
  const { collection, artifact, versionIndex } = member;
  const hadLatest = member.aliases.has('latest');
  for (const name of [...member.aliases.keys()]) dropAlias(collection, name);
  collection.members.delete(versionIndex);
  artifact.memberships.delete(member);
  collection.updatedAt = Date.now();
  const newest = [...collection.members.values()].at(-1);
  if (hadLatest && newest) pointAlias(newest, 'latest', next);
}

/** An alias stands for one version of a collection: it leaves the one that had it. */
export function pointAlias(member: Membership, name: string, next: Numbering): void {
  const known = member.collection.aliases.get(name);
  if (known?.membership === member) return;
  if (known) dropAlias(member.collection, name);
  const alias: Alias = { number: next(), name, membership: member };
  member.collection.aliases.set(name, alias);
  member.aliases.set(name, alias);
}

export function dropAlias(collection: Collection, name: string): void {
  collection.aliases.get(name)?.membership.aliases.delete(name);
  collection.aliases.delete(name);
}

/** The version that a draft builds on. */
export const latestOf = (collection: Collection): Artifact | null =>
  (memberNamed(collection, 'latest') ?? [...collection.members.values()].at(-1))?.artifact ?? null;

const REGISTRY = /^wandb-registry-/;

/** Aliases in registries that only its administrators may set and remove; the viewer is none. */
export class Protection {
  constructor(private readonly settings: Settings) {}

  /** Throws as the service refuses what the key's owner isn't allowed. */
  check({ project, name }: Collection, aliases: Iterable<string>): void {
    if (!REGISTRY.test(project.name)) return;
    const owner = this.settings.organizations.find(({ entity }) => entity === project.entity.name);
    for (const alias of aliases) {
      if (owner?.protectedAliases.includes(alias)) {
        throw new HttpError(403, `permission denied: ${alias} is a protected alias of ${name}`);
      }
    }
  }
}
