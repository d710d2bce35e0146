import type { Facts } from '../../../src/contract/knowledge/facts.js';
import type { TreePath } from '../../../src/contract/tree-path.js';

const AT = new Date(0).toISOString();

/** What the store of the tests tells of a path that is there. */
export function factsAt(path: TreePath): Facts {
  const [entity, project, type, collection, version, ...file] = path.split('/');
  const id = `id of ${path}`;
  const plain = { description: null, tags: [], createdAt: AT, updatedAt: null };
  if (!entity) return { kind: 'root' };
  if (project === undefined) return { kind: 'entity', id, name: entity, isTeam: true, createdAt: AT };
  if (type === undefined) {
    return {
      kind: 'project',
      id,
      name: project,
      entity,
      description: null,
      user: null,
      runCount: 0,
      createdAt: AT,
      updatedAt: null,
      lastActive: null,
    };
  }
  const above = { entity, project };
  if (collection === undefined) {
    return { kind: 'artifactType', id, name: type, ...above, description: null, createdAt: AT };
  }
  if (version === undefined) {
    return { kind: 'collection', id, name: collection, ...above, type, isPortfolio: false, ...plain };
  }
  if (file.length === 0) {
    return {
      kind: 'version',
      id,
      version,
      ...above,
      collection,
      type,
      aliases: [],
      ...plain,
      metadata: null,
      digest: '',
      digestAlgorithm: null,
      size: 0,
      fileCount: 0,
      ttlSeconds: null,
      state: 'COMMITTED',
      source: null,
    };
  }
  return {
    kind: 'file',
    id,
    size: 0,
    digest: null,
    digestAlgorithm: null,
    md5: null,
    mimetype: null,
    createdAt: null,
    updatedAt: null,
    reference: null,
    extra: null,
    isPending: false,
  };
}
