import { GraphQLError } from 'graphql';
import { checkProtected, dropAlias, memberOf } from '../../artifacts/collections.js';
import { checkAlias, checkMetadata, checkTag, ttlOf } from '../../artifacts/names.js';
import { type Artifact, type Membership, nameOf } from '../../artifacts/records.js';
import { HttpError } from '../../server/http.js';
import type { Instance } from '../../world/instance.js';
import { ensure } from '../../world/records.js';
import {
  type AliasInput,
  type InProject,
  type Maybe,
  projectToChange,
  runToChange,
  type TagInput,
  takeOver,
} from './input.js';

interface AliasesInput {
  readonly artifactID: string;
  readonly aliases: readonly (AliasInput & InProject)[];
}

interface UpdateInput {
  readonly artifactID: string;
  readonly description?: Maybe<string>;
  readonly metadata?: Maybe<string>;
  readonly labels?: Maybe<string>;
  readonly ttlDurationSeconds?: Maybe<number>;
  readonly tagsToAdd?: Maybe<readonly TagInput[]>;
  readonly tagsToDelete?: Maybe<readonly TagInput[]>;
  readonly aliases?: Maybe<readonly AliasInput[]>;
}

interface UseInput extends InProject {
  readonly artifactID: string;
  readonly runName: string;
  readonly usedAs?: Maybe<string>;
}

/** The root fields that change versions, once they are made. */
export function versionMutations(instance: Instance) {
  const { catalogue, deletion } = instance;

  const committed = (id: string): Artifact => {
    const artifact = catalogue.artifactToChange(id);
    if (artifact.state !== 'COMMITTED')
      throw new GraphQLError(`artifact ${nameOf(artifact)} is not committed`);
    return artifact;
  };

  const memberIn = (artifact: Artifact, alias: AliasInput & InProject): Membership => {
    const { entityName, projectName, artifactCollectionName: name } = alias;
    const collection = projectToChange(instance, alias).collections.get(name);
    const member = collection && memberOf(collection, artifact);
    if (!member) {
      throw new HttpError(
        404,
        `artifact ${nameOf(artifact)} not found in ${entityName}/${projectName}/${name}`,
      );
    }
    return member;
  };

  /** All of the aliases or none. */
  const changeAliases = (
    input: AliasesInput,
    change: (member: Membership, alias: string) => void,
  ): Artifact => {
    const artifact = committed(input.artifactID);
    const wanted = input.aliases.map((alias) => ({ member: memberIn(artifact, alias), name: alias.alias }));
    for (const { member, name } of wanted) {
      checkAlias(name);
      checkProtected(member.collection, [name]);
    }
    for (const { member, name } of wanted) change(member, name);
    return artifact;
  };

  /** The older way: all aliases of the collections that are named, or of the version's own. */
  const replaceAliases = (artifact: Artifact, aliases: readonly AliasInput[]): void => {
    const names = new Set([artifact.sequence.name, ...aliases.map((alias) => alias.artifactCollectionName)]);
    const members = [...artifact.memberships].filter(({ collection }) => names.has(collection.name));
    for (const member of members) {
      const wanted = aliases
        .filter((alias) => alias.artifactCollectionName === member.collection.name)
        .map(({ alias }) => alias);
      const dropped = [...member.aliases.keys()].filter((name) => !wanted.includes(name));
      const added = wanted.filter((name) => !member.aliases.has(name));
      checkProtected(member.collection, [...dropped, ...added]);
      for (const name of added) checkAlias(name);
      for (const name of dropped) dropAlias(member.collection, name);
      for (const name of added) catalogue.pointAlias(member, name);
    }
  };

  return {
    addAliases: (input: AliasesInput) => {
      const artifact = changeAliases(input, (member, name) => catalogue.pointAlias(member, name));
      return { success: true, artifact: instance.nodes.artifact(artifact), aliases: input.aliases };
    },

    /** An alias that the version hasn't is no error, but one that another version has stays. */
    deleteAliases: (input: AliasesInput) => {
      changeAliases(input, (member, name) => {
        if (member.aliases.has(name)) dropAlias(member.collection, name);
      });
      return { success: true };
    },

    updateArtifact: (input: UpdateInput) => {
      const artifact = catalogue.artifactToChange(input.artifactID);
      checkMetadata(input.metadata);
      for (const { tagName } of [...(input.tagsToAdd ?? []), ...(input.tagsToDelete ?? [])])
        checkTag(tagName);
      if (typeof input.ttlDurationSeconds === 'number') artifact.ttlSeconds = ttlOf(input.ttlDurationSeconds);
      takeOver(artifact, input, ['description', 'metadata', 'labels']);
      for (const tag of input.tagsToAdd ?? []) artifact.tags.set(tag.tagName, tag.tagCategoryName ?? null);
      for (const tag of input.tagsToDelete ?? []) artifact.tags.delete(tag.tagName);
      if (input.aliases) replaceAliases(artifact, input.aliases);
      artifact.updatedAt = Date.now();
      return { artifact: instance.nodes.artifact(artifact) };
    },

    deleteArtifact: (input: { artifactID: string; deleteAliases?: Maybe<boolean> }) => {
      const artifact = catalogue.artifactToChange(input.artifactID);
      deletion.delete(artifact, input.deleteAliases ?? false);
      return { artifact: instance.nodes.artifact(artifact) };
    },

    useArtifact: (input: UseInput) => {
      const run = runToChange(projectToChange(instance, input), input.runName);
      const artifact = committed(input.artifactID);
      const names = ensure(run.inputs, artifact, () => new Set());
      if (typeof input.usedAs === 'string') names.add(input.usedAs);
      artifact.users.add(run);
      return { artifact: instance.nodes.artifact(artifact), run: instance.nodes.run(run) };
    },
  };
}
