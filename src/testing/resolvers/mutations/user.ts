import { HttpError } from '../../server/http.js';
import type { Instance } from '../../world/instance.js';
import { apiKeyNode } from '../entity.js';
import { entityToChange, type Maybe, takeOver } from './input.js';

interface UpdateUserInput {
  readonly defaultEntity?: Maybe<string>;
  readonly name?: Maybe<string>;
}

/** The root fields that change the viewer, the one user there is, and what belongs to it. */
export function userMutations(instance: Instance) {
  const { world, apiKeys } = instance;
  return {
    updateUser: (input: UpdateUserInput) => {
      if (typeof input.defaultEntity === 'string')
        world.viewer.entity = entityToChange(instance, input.defaultEntity).name;
      takeOver(world.viewer, input, ['name']);
      return { user: instance.nodes.user() };
    },

    /** The viewer is its administrator. */
    createTeam: ({ teamName: name }: { teamName: string }) => {
      if (!/^[a-z0-9_-]{1,64}$/i.test(name))
        throw new HttpError(400, `invalid team name ${JSON.stringify(name)}`);
      if (world.entities.has(name)) throw new HttpError(409, 'resource already exists');
      return { entity: instance.nodes.entity(world.ensureEntity(name)) };
    },

    /** The one answer that has a key whole. */
    generateApiKey: (input: { description?: Maybe<string> }) => {
      const key = apiKeys.generate(input.description ?? null);
      return { apiKey: { ...apiKeyNode(instance, key), name: key.secret } };
    },

    deleteApiKey: (input: { id?: Maybe<string> }) => {
      if (!apiKeys.delete(input.id ?? '')) throw new HttpError(404, 'API key not found');
      return { success: true };
    },
  };
}
