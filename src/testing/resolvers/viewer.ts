import type { Instance } from '../instance.js';
import type { Entity } from '../records.js';
import { organizationNodes, organizationOf } from './organization.js';
import { projectConnection, projectNode } from './project.js';

const CREATED = '2024-01-01T00:00:00';

/** The user whom the key belongs to. */
export function userNode(instance: Instance) {
  const { viewer } = instance.settings;
  return {
    __typename: 'User',
    id: Buffer.from('User:1').toString('base64'),
    name: viewer.name,
    username: viewer.username,
    email: viewer.email,
    admin: false,
    flags: '{"code_saving_enabled":true}',
    entity: viewer.entity,
    createdAt: CREATED,
    deletedAt: null,
    defaultEntity: () => entityNode(instance, instance.world.ensureEntity(viewer.entity)),
    apiKeys: {
      edges: [],
      pageInfo: { startCursor: null, endCursor: null, hasNextPage: false, hasPreviousPage: false },
    },
    teams: () => ({
      edges: [...instance.world.entities.values()]
        .filter((entity) => !entity.isOrganization)
        .map((entity) => ({
          cursor: Buffer.from(`Entity:${entity.number}`).toString('base64'),
          node: entityNode(instance, entity),
        })),
    }),
    organizations: () => organizationNodes(instance),
  };
}

export function entityNode(instance: Instance, entity: Entity) {
  return {
    __typename: 'Entity',
    id: Buffer.from(`Entity:${entity.number}`).toString('base64'),
    name: entity.name,
    isTeam: entity.isTeam,
    createdAt: new Date(entity.createdAt).toISOString(),
    readOnly: false,
    organization: () => organizationOf(instance, entity),
    user: () => (entity.isTeam || entity.isOrganization ? null : userNode(instance)),
    xxhashDigestsEnabled: instance.hasFeature('ARTIFACT_DIGEST_ALGORITHM'),
    projects: (args: Parameters<typeof projectConnection>[2]) => projectConnection(instance, entity, args),
    project: ({ name }: { name?: string | null }) => {
      const project = instance.world.project(entity.name, name);
      return project ? projectNode(instance, project) : null;
    },
  };
}
