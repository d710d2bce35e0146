import { HttpError } from '../server/http.js';
import { type Artifact, type Collection, isVersionName, type Membership } from './records.js';

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

export function dropAlias(collection: Collection, name: string): void {
  collection.aliases.get(name)?.membership.aliases.delete(name);
  collection.aliases.delete(name);
}

/** The version that a draft builds on. */
export const latestOf = (collection: Collection): Artifact | null =>
  (memberNamed(collection, 'latest') ?? [...collection.members.values()].at(-1))?.artifact ?? null;

const REGISTRY = /^wandb-registry-/;

/** Throws as the service refuses what only administrators of registries are allowed; the viewer is none. */
export function checkProtected({ project, name }: Collection, aliases: Iterable<string>): void {
  if (!REGISTRY.test(project.name)) return;
  for (const alias of aliases) {
    if (project.entity.organization?.protectedAliases.includes(alias)) {
      throw new HttpError(403, `permission denied: ${alias} is a protected alias of ${name}`);
    }
  }
}
