import { HttpError } from '../../server/http.js';
import type { Instance } from '../../world/instance.js';
import { apiKeyNode } from '../entity.js';
import { entityToChange, idOf, type Maybe, type Mutation } from './input.js';

interface UpdateUserInput extends Mutation {
  readonly defaultEntity?: Maybe<string>;
  readonly name?: Maybe<string>;
}

/** The root fields that change the viewer, the one user there is, and what belongs to it. */
export function userMutations(instance: Instance) {
  const { world, apiKeys } = instance;
  return {
    /** What is null stays as it is. */
    updateUser: ({ input }: { input: UpdateUserInput }) => {
      if (typeof input.defaultEntity === 'string')
        world.viewer.entity = entityToChange(instance, input.defaultEntity).name;
      world.viewer.name = input.name ?? world.viewer.name;
      return { ...idOf(input), user: instance.nodes.user() };
    },

    /** The viewer is its administrator. */
    createTeam: ({ input }: { input: Mutation & { teamName: string } }) => {
      const { teamName: name } = input;
      if (!/^[a-z0-9_-]{1,64}$/i.test(name))
        throw new HttpError(400, `invalid team name ${JSON.stringify(name)}`);
      if (world.entities.has(name)) throw new HttpError(409, 'resource already exists');
      return { ...idOf(input), entity: instance.nodes.entity(world.ensureEntity(name)) };
    },

    /** The one answer that has a key whole. */
    generateApiKey: ({ input }: { input: Mutation & { description?: Maybe<string> } }) => {
      const key = apiKeys.generate(input.description ?? null);
      return { ...idOf(input), apiKey: { ...apiKeyNode(instance, key), name: key.secret } };
    },

    deleteApiKey: ({ input }: { input: Mutation & { id?: Maybe<string> } }) => {
      if (!apiKeys.delete(input.id ?? '')) throw new HttpError(404, 'API key not found');
      return { ...idOf(input), success: true };
    },
  };
}
