import type { Instance } from '../world/instance.js';
import { artifactNode } from './artifacts/artifact.js';
import { aliasNode, collectionNode, membershipNode } from './artifacts/collection.js';
import { typeNode } from './artifacts/type.js';
import { entityNode, userNode } from './entity.js';
import type { Nodes } from './node.js';
import { projectNode } from './project.js';
import { runNode } from './run.js';

export const createNodes = (instance: Instance): Nodes => ({
  user: () => userNode(instance),
  entity: (entity) => entityNode(instance, entity),
  project: (project) => projectNode(instance, project),
  run: (run) => runNode(instance, run),
  artifact: (artifact) => artifactNode(instance, artifact),
  artifactType: (type) => typeNode(instance, type),
  collection: (collection) => collectionNode(instance, collection),
  membership: (member) => membershipNode(instance, member),
  alias: (alias) => aliasNode(instance, alias),
});
