import type { Instance } from '../world/instance.js';
import { artifactNode } from './artifacts/artifact.js';
import { aliasNode, collectionNode, membershipNode } from './artifacts/collection.js';
import { typeNode } from './artifacts/type.js';
import { entityNode, userNode } from './entity.js';
import type { NodeFields } from './node.js';
import { projectNode } from './project.js';
import { runNode } from './run.js';

/**
 * How nodes get each other: a run has a project, and a project has runs. Each kind has its file, which knows the others
 * only by this. What isn't there is null, not an error.
 */
export function createNodes(instance: Instance) {
  const of =
    <Item extends object>(toNode: (instance: Instance, item: Item) => NodeFields) =>
    (item: Item | null | undefined): NodeFields | null =>
      item ? toNode(instance, item) : null;
  return {
    user: () => userNode(instance),
    entity: of(entityNode),
    project: of(projectNode),
    run: of(runNode),
    artifact: of(artifactNode),
    artifactType: of(typeNode),
    collection: of(collectionNode),
    membership: of(membershipNode),
    alias: of(aliasNode),
  };
}
