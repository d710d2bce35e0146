import { GraphQLError } from 'graphql';
import { checkProtected, memberOf } from '../../artifacts/collections.js';
import { checkAlias, checkCollectionName, checkTag, checkTypeName } from '../../artifacts/names.js';
import {
  type Artifact,
  artifactId,
  type Collection,
  collectionId,
  nameOf,
  typeId,
} from '../../artifacts/records.js';
import { found, HttpError } from '../../server/http.js';
import type { Instance } from '../../world/instance.js';
import { tagNodes } from '../artifacts/collection.js';
import { dateTime } from '../node.js';
import {
  type AliasInput,
  type InProject,
  type Maybe,
  projectToChange,
  projectToMake,
  type TagInput,
} from './input.js';

interface LinkInput {
  readonly artifactID?: Maybe<string>;
  readonly clientID?: Maybe<string>;
  readonly artifactPortfolioID?: Maybe<string>;
  readonly artifactPortfolioName?: Maybe<string>;
  readonly entityName?: Maybe<string>;
  readonly projectName?: Maybe<string>;
  readonly aliases?: Maybe<readonly AliasInput[]>;
}

interface CreateInput extends InProject {
  readonly artifactTypeID: string;
  readonly name: string;
  readonly description?: Maybe<string>;
}

interface Changes {
  readonly name?: Maybe<string>;
  readonly description?: Maybe<string>;
}

interface TagsInput extends InProject {
  readonly artifactCollectionName: string;
  readonly tags: readonly TagInput[];
}

type TagAssignment = Omit<TagsInput, 'tags'> & TagInput;

/** The most tags that one request may set or remove. */
const MOST_TAGS = 20;

/** The root fields that change collections and what they link. */
export function collectionMutations(instance: Instance) {
  const { catalogue, deletion } = instance;

  const linkedArtifact = ({ artifactID, clientID }: LinkInput): Artifact => {
    const entry = artifactID
      ? catalogue.artifacts.get(artifactID)
      : clientID
        ? catalogue.clientIDs.get(clientID)
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
    if (!project.allowsAllTypes && !project.types.has(type))
      throw new GraphQLError(`registry ${project.name} takes no artifacts of type ${type}`);
    return catalogue.ensureCollection(project, type, input.artifactPortfolioName, 'PORTFOLIO');
  };

  const create = (input: CreateInput, kind: Collection['kind']) => {
    const { artifactTypeID: id } = input;
    const project = projectToChange(instance, input);
    const type = found(
      [...project.types.values()].find((one) => typeId(one) === id),
      `artifact type ${id}`,
    );
    checkCollectionName(input.name);
    if (project.collections.has(input.name)) {
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
    const { artifactCollectionName: name } = input;
    const { collections } = projectToChange(instance, input);
    const collection = found(collections.get(name), `artifact collection ${name}`);
    if (input.tags.length > MOST_TAGS) throw new GraphQLError(`more than ${MOST_TAGS} tags in one request`);
    for (const { tagName } of input.tags) checkTag(tagName);
    for (const tag of input.tags) change(collection, tag);
    collection.updatedAt = Date.now();
  };

  const assign = (input: TagsInput) => {
    changeTags(input, ({ tags }, tag) => tags.set(tag.tagName, tag.tagCategoryName ?? null));
    return tagNodes(input.tags.map((tag) => [tag.tagName, tag.tagCategoryName ?? null]));
  };

  const unassign = (input: TagsInput) => {
    changeTags(input, ({ tags }, tag) => tags.delete(tag.tagName));
    return { success: true };
  };

  return {
    createArtifactSequence: (input: CreateInput) => create(input, 'SEQUENCE'),
    createArtifactPortfolio: (input: CreateInput) => create(input, 'PORTFOLIO'),

    /** Makes the portfolio, and its project, if it isn't there. The newest link takes `latest`. */
    linkArtifact: (input: LinkInput) => {
      const artifact = linkedArtifact(input);
      const aliases = (input.aliases ?? []).map(({ alias }) => alias);
      for (const alias of aliases) checkAlias(alias);
      const portfolio = portfolioOf(input, artifact);
      checkProtected(portfolio, aliases);
      const known = memberOf(portfolio, artifact);
      const member = known ?? catalogue.addMember(portfolio, artifact);
      if (!known) catalogue.pointAlias(member, 'latest');
      for (const alias of aliases) catalogue.pointAlias(member, alias);
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

    unlinkArtifact: (input: { artifactID: string; artifactPortfolioID: string }) => {
      const portfolio = catalogue.collectionToChange(input.artifactPortfolioID, 'PORTFOLIO');
      const artifact = catalogue.artifactToChange(input.artifactID);
      const member = memberOf(portfolio, artifact);
      if (!member) throw new HttpError(404, `artifact ${nameOf(artifact)} not found in ${portfolio.name}`);
      checkProtected(portfolio, member.aliases.keys());
      catalogue.removeMember(member);
      return { artifactID: input.artifactID, success: true };
    },

    updateArtifactSequence: (input: Changes & { artifactSequenceID: string }) =>
      update(catalogue.collectionToChange(input.artifactSequenceID, 'SEQUENCE'), input),

    updateArtifactPortfolio: (input: Changes & { artifactPortfolioID: string }) =>
      update(catalogue.collectionToChange(input.artifactPortfolioID, 'PORTFOLIO'), input),

    moveArtifactSequence: (input: { artifactSequenceID: string; destinationArtifactTypeName: string }) => {
      const sequence = catalogue.collectionToChange(input.artifactSequenceID, 'SEQUENCE');
      const { destinationArtifactTypeName: name } = input;
      if (!sequence.project.types.has(name)) checkTypeName(name);
      sequence.type = catalogue.ensureType(sequence.project, name);
      return changed(sequence);
    },

    deleteArtifactSequence: (input: { artifactSequenceID: string }) =>
      remove(catalogue.collectionToChange(input.artifactSequenceID, 'SEQUENCE')),

    deleteArtifactPortfolio: (input: { artifactPortfolioID: string }) =>
      remove(catalogue.collectionToChange(input.artifactPortfolioID, 'PORTFOLIO')),

    createArtifactCollectionTagAssignment: (input: TagAssignment) => ({
      tag: assign({ ...input, tags: [input] })[0],
    }),

    deleteArtifactCollectionTagAssignment: (input: TagAssignment) => unassign({ ...input, tags: [input] }),

    createArtifactCollectionTagAssignments: (input: TagsInput) => ({ tags: assign(input) }),

    deleteArtifactCollectionTagAssignments: (input: TagsInput) => unassign(input),
  };
}
