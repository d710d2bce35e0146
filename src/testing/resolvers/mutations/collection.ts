import { GraphQLError } from 'graphql';
import { addMember, memberOf, pointAlias, removeMember } from '../../artifacts/collections.js';
import { checkAlias, checkCollectionName, checkTag, checkTypeName } from '../../artifacts/names.js';
import {
  type Artifact,
  type ArtifactType,
  artifactId,
  type Collection,
  collectionId,
  nameOf,
  tagId,
  typeId,
} from '../../artifacts/records.js';
import { HttpError } from '../../server/http.js';
import type { Instance } from '../../world/instance.js';
import { dateTime } from '../node.js';
import type { AliasInput, TagInput } from './artifact.js';
import { type Maybe, projectToChange, projectToMake } from './input.js';

interface LinkInput {
  readonly artifactID?: Maybe<string>;
  readonly clientID?: Maybe<string>;
  readonly artifactPortfolioID?: Maybe<string>;
  readonly artifactPortfolioName?: Maybe<string>;
  readonly entityName?: Maybe<string>;
  readonly projectName?: Maybe<string>;
  readonly aliases?: Maybe<readonly AliasInput[]>;
}

interface CreateInput {
  readonly artifactTypeID: string;
  readonly entityName: string;
  readonly projectName: string;
  readonly name: string;
  readonly description?: Maybe<string>;
}

interface Changes {
  readonly name?: Maybe<string>;
  readonly description?: Maybe<string>;
}

interface TagsInput {
  readonly entityName: string;
  readonly projectName: string;
  readonly artifactCollectionName: string;
  readonly tags: readonly TagInput[];
}

type TagAssignment = Omit<TagsInput, 'tags'> & TagInput;

/** The most tags that one request may set or remove. */
const MOST_TAGS = 20;

/** The root fields that change collections and what they link. */
export function collectionMutations(instance: Instance) {
  const { world } = instance;
  const { catalogue, deletion, protection } = instance.artifacts;
  const next = (): number => world.next();

  const linkedArtifact = ({ artifactID, clientID }: LinkInput): Artifact => {
    const entry = artifactID
      ? catalogue.artifact(artifactID)
      : clientID
        ? catalogue.clientID(clientID)
        : null;
    if (!entry || !('sequence' in entry))
      throw new HttpError(404, `artifact ${artifactID ?? clientID} not found`);
    if (entry.state !== 'COMMITTED') throw new GraphQLError(`artifact ${nameOf(entry)} is not committed`);
    return entry;
  };

  const portfolioOf = (input: LinkInput, artifact: Artifact): Collection => {
    if (input.artifactPortfolioID)
      return catalogue.collectionToChange(input.artifactPortfolioID, 'PORTFOLIO');
    if (!input.artifactPortfolioName)
      throw new GraphQLError('a link needs the id or the name of a portfolio');
    const project = projectToMake(instance, input.entityName, input.projectName);
    const type = artifact.sequence.type.name;
    if (!project.allowsAllTypes && !catalogue.type(project, type))
      throw new GraphQLError(`registry ${project.name} takes no artifacts of type ${type}`);
    return catalogue.ensureCollection(project, type, input.artifactPortfolioName, 'PORTFOLIO');
  };

  const create = (input: CreateInput, kind: Collection['kind']) => {
    const project = projectToChange(instance, input.entityName, input.projectName);
    const type = catalogue.types(project).find((one: ArtifactType) => typeId(one) === input.artifactTypeID);
    if (!type) throw new HttpError(404, `artifact type ${input.artifactTypeID} not found`);
    checkCollectionName(input.name);
    if (catalogue.collection(project, input.name)) {
      throw new HttpError(409, `artifact collection ${input.name} already exists`);
    }
    const collection = catalogue.makeCollection(type, input.name, kind);
    collection.description = input.description ?? null;
    return answer(collection);
  };

  const update = (collection: Collection, input: Changes) => {
    if (typeof input.name === 'string') catalogue.rename(collection, input.name);
    collection.description = input.description ?? collection.description;
    return changed(collection);
  };

  const changed = (collection: Collection) => {
    collection.updatedAt = Date.now();
    return answer(collection);
  };

  const answer = (collection: Collection) => ({
    artifactCollection: instance.nodes.collection(collection),
  });

  const remove = (collection: Collection) => {
    deletion.deleteCollection(collection);
    return answer(collection);
  };

  const changeTags = (input: TagsInput, change: (collection: Collection, tag: TagInput) => void): void => {
    const project = projectToChange(instance, input.entityName, input.projectName);
    const collection = catalogue.collection(project, input.artifactCollectionName);
    if (!collection)
      throw new HttpError(404, `artifact collection ${input.artifactCollectionName} not found`);
    if (input.tags.length > MOST_TAGS) throw new GraphQLError(`more than ${MOST_TAGS} tags in one request`);
    for (const { tagName } of input.tags) checkTag(tagName);
    for (const tag of input.tags) change(collection, tag);
    collection.updatedAt = Date.now();
  };

  const assign = (input: TagsInput) => {
    changeTags(input, ({ tags }, tag) => tags.set(tag.tagName, tag.tagCategoryName ?? null));
    return input.tags.map(({ tagName: name, tagCategoryName = null }) => ({
      id: tagId(name),
      name,
      tagCategoryName,
    }));
  };

  const unassign = (input: TagsInput) => {
    changeTags(input, ({ tags }, tag) => tags.delete(tag.tagName));
    return { success: true };
  };

  return {
    createArtifactSequence: ({ input }: { input: CreateInput }) => create(input, 'SEQUENCE'),
    createArtifactPortfolio: ({ input }: { input: CreateInput }) => create(input, 'PORTFOLIO'),

    /** Makes the portfolio, and its project, if it isn't there. The newest link takes `latest`. */
    linkArtifact: ({ input }: { input: LinkInput }) => {
      const artifact = linkedArtifact(input);
      const aliases = (input.aliases ?? []).map(({ alias }) => alias);
      for (const alias of aliases) checkAlias(alias);
      const portfolio = portfolioOf(input, artifact);
      protection.check(portfolio, aliases);
      const known = memberOf(portfolio, artifact);
      const member = known ?? addMember(portfolio, artifact, next);
      if (!known) pointAlias(member, 'latest', next);
      for (const alias of aliases) pointAlias(member, alias, next);
      return {
        artifactID: artifactId(artifact),
        artifactCollectionID: collectionId(portfolio),
        createdAt: dateTime(member.createdAt),
        versionIndex: member.versionIndex,
        artifactMembership: instance.nodes.membership(member),
        aliases: aliases.map((alias) => ({
          alias,
          artifactCollectionName: portfolio.name,
          entityName: portfolio.project.entity.name,
          projectName: portfolio.project.name,
        })),
      };
    },

    unlinkArtifact: ({ input }: { input: { artifactID: string; artifactPortfolioID: string } }) => {
      const portfolio = catalogue.collectionToChange(input.artifactPortfolioID, 'PORTFOLIO');
      const artifact = catalogue.artifactToChange(input.artifactID);
      const member = memberOf(portfolio, artifact);
      if (!member) throw new HttpError(404, `artifact ${nameOf(artifact)} not found in ${portfolio.name}`);
      protection.check(portfolio, member.aliases.keys());
      removeMember(member, next);
      return { artifactID: input.artifactID, success: true };
    },

    updateArtifactSequence: ({ input }: { input: Changes & { artifactSequenceID: string } }) =>
      update(catalogue.collectionToChange(input.artifactSequenceID, 'SEQUENCE'), input),

    updateArtifactPortfolio: ({ input }: { input: Changes & { artifactPortfolioID: string } }) =>
      update(catalogue.collectionToChange(input.artifactPortfolioID, 'PORTFOLIO'), input),

    moveArtifactSequence: ({
      input,
    }: {
      input: { artifactSequenceID: string; destinationArtifactTypeName: string };
    }) => {
      const sequence = catalogue.collectionToChange(input.artifactSequenceID, 'SEQUENCE');
      const { destinationArtifactTypeName: name } = input;
      if (!catalogue.type(sequence.project, name)) checkTypeName(name);
      sequence.type = catalogue.ensureType(sequence.project, name);
      return changed(sequence);
    },

    deleteArtifactSequence: ({ input }: { input: { artifactSequenceID: string } }) =>
      remove(catalogue.collectionToChange(input.artifactSequenceID, 'SEQUENCE')),

    deleteArtifactPortfolio: ({ input }: { input: { artifactPortfolioID: string } }) =>
      remove(catalogue.collectionToChange(input.artifactPortfolioID, 'PORTFOLIO')),

    createArtifactCollectionTagAssignment: ({ input }: { input: TagAssignment }) => ({
      tag: assign({ ...input, tags: [input] })[0],
    }),

    deleteArtifactCollectionTagAssignment: ({ input }: { input: TagAssignment }) =>
      unassign({ ...input, tags: [input] }),

    createArtifactCollectionTagAssignments: ({ input }: { input: TagsInput }) => ({
      tags: assign(input),
    }),

    deleteArtifactCollectionTagAssignments: ({ input }: { input: TagsInput }) => unassign(input),
  };
}
