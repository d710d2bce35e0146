import { FindEntityDocument } from '../../../wire/generated.js';
import { Failure } from '../../failure.js';
import type { ArtifactsContext } from '../context.js';
import type { WritingParts } from './context.js';

/** Finds the entities that registries belong to, by their own names or by those that people see; each once. */
export function registryEntities({ client, organizations }: ArtifactsContext): WritingParts['resolveEntity'] {
  const known = new Map<string, string>();
  return async (name, signal) => {
    const learned = known.get(name) ?? organizations.resolve(name);
    if (known.has(name) || learned !== name) return learned;
    const found = await organizations.below(name, signal, async (entity) => {
      const answer = await client.run(FindEntityDocument, { entity }, { signal });
      return answer.entity?.name ?? null;
    });
    if (found === null) throw new Failure('ENOENT', `There is no organisation or entity '${name}'.`);
    known.set(name, found);
    return found;
  };
}
