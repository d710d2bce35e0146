import { GraphQLError } from 'graphql';
import { checkAlias, checkMetadata, checkTag, checkTypeName, ttlOf } from '../../artifacts/names.js';
import type { Artifact, Collection, DigestAlgorithm } from '../../artifacts/records.js';
import type { Instance } from '../../world/instance.js';
import {
  type AliasInput,
  type InProject,
  type Maybe,
  projectToChange,
  runToChange,
  type TagInput,
} from './input.js';

interface CreateArtifactInput extends InProject {
  readonly artifactTypeName: string;
  readonly artifactCollectionName?: Maybe<string>;
  readonly artifactCollectionNames?: Maybe<readonly string[]>;
  readonly runName?: Maybe<string>;
  readonly digest: string;
  readonly digestAlgorithm: DigestAlgorithm;
  readonly enableDigestDeduplication?: Maybe<boolean>;
  readonly clientID?: Maybe<string>;
  readonly sequenceClientID?: Maybe<string>;
  readonly distributedID?: Maybe<string>;
  readonly aliases?: Maybe<readonly AliasInput[]>;
  readonly tags?: Maybe<readonly TagInput[]>;
  readonly description?: Maybe<string>;
  readonly metadata?: Maybe<string>;
  readonly labels?: Maybe<string>;
  readonly historyStep?: Maybe<number>;
  readonly ttlDurationSeconds?: Maybe<number>;
  readonly storageRegion?: Maybe<string>;
}

/** The root fields by which a version is made and committed. */
export function artifactMutations(instance: Instance) {
  const { catalogue, versions, commits } = instance;

  const findOrDeclare = (sequence: Collection, input: CreateArtifactInput): Artifact => {
    const { digest, digestAlgorithm, distributedID } = input;
    // The digest of a part says nothing of the whole, so parts are never taken for a version that is there.
    const known = distributedID
      ? versions.distributed(sequence, distributedID)
      : input.enableDigestDeduplication
        ? versions.duplicate(sequence, digest, digestAlgorithm)
        : null;
    if (known) return known;
    return versions.declare(sequence, {
      digest,
      digestAlgorithm,
      description: input.description ?? null,
      metadata: input.metadata ?? null,
      labels: input.labels ?? null,
      historyStep: input.historyStep ?? null,
      ttlSeconds: ttlOf(input.ttlDurationSeconds ?? -1),
      distributedID: distributedID ?? null,
      createdBy: input.runName ? runToChange(sequence.project, input.runName) : null,
    });
  };

  return {
    createArtifactType: (input: InProject & { name: string; description?: Maybe<string> }) => {
      const project = projectToChange(instance, input);
      checkTypeName(input.name);
      const type = catalogue.ensureType(project, input.name, input.description ?? null);
      return { artifactType: instance.nodes.artifactType(type) };
    },

    /** Makes type and collection too. What is there already comes back committed, and takes the aliases asked for. */
    createArtifact: (input: CreateArtifactInput) => {
      const project = projectToChange(instance, input);
      const [name, ...others] = input.artifactCollectionName
        ? [input.artifactCollectionName]
        : (input.artifactCollectionNames ?? []);
      if (name === undefined || others.length > 0) {
        throw new GraphQLError('an artifact needs the name of one collection');
      }
      const run = input.runName ? runToChange(project, input.runName) : null;
      const aliases = (input.aliases ?? []).map((alias) => alias.alias);
      for (const { alias, artifactCollectionName: other } of input.aliases ?? []) {
        checkAlias(alias);
        if (other !== name)
          throw new GraphQLError(`the alias ${alias} is not one of ${name}, but of ${other}`);
      }
      for (const { tagName } of input.tags ?? []) checkTag(tagName);
      checkMetadata(input.metadata);
      commits.checkRegion(input.storageRegion ?? null);
      const sequence = catalogue.ensureCollection(project, input.artifactTypeName, name, 'SEQUENCE');
      const artifact = findOrDeclare(sequence, input);
      versions.request(artifact, aliases);
      for (const tag of input.tags ?? []) artifact.tags.set(tag.tagName, tag.tagCategoryName ?? null);
      catalogue.mapClientID(input.clientID, artifact);
      catalogue.mapClientID(input.sequenceClientID, sequence);
      run?.outputs.add(artifact);
      return { artifact: instance.nodes.artifact(artifact) };
    },

    commitArtifact: (input: { artifactID: string }) => {
      const artifact = catalogue.artifactToChange(input.artifactID);
      commits.commit(artifact);
      return { artifact: instance.nodes.artifact(artifact) };
    },
  };
}
