import type { Settings } from '../options.js';
import { type PageArguments, slice } from '../server/connections.js';
import type { ApiKey } from '../world/api-keys.js';
import type { Instance } from '../world/instance.js';
import type { Entity } from '../world/records.js';
import { entityArtifacts } from './artifacts/entity.js';
import type { NodeFields } from './node.js';
import { type ProjectListArguments, projectConnection } from './project.js';
import { storageBytesOf } from './run.js';

const CREATED = '2024-01-01T00:00:00';

export const USER_ID = Buffer.from('User:1').toString('base64');

/** The user whom the key belongs to. */
export function userNode(instance: Instance) {
  const { viewer } = instance.world;
  return {
    __typename: 'User',
    id: USER_ID,
    name: viewer.name,
    username: viewer.username,
    email: viewer.email,
    admin: false,
    flags: '{"code_saving_enabled":true}',
    entity: viewer.entity,
    createdAt: CREATED,
    deletedAt: null,
    defaultEntity: () => instance.nodes.entity(instance.world.ensureEntity(viewer.entity)),
    apiKeys: (page: PageArguments) =>
      slice(
        instance.apiKeys.list(),
        { toNode: (key) => apiKeyNode(instance, key), mostRows: instance.settings.limits.page },
        page,
      ),
    teams: () => ({
      edges: [...instance.world.entities.values()]
        .filter((entity) => !entity.isOrganization)
        .map((entity) => ({
          cursor: Buffer.from(`Entity:${entity.number}`).toString('base64'),
          node: instance.nodes.entity(entity),
        })),
    }),
    organizations: () => organizationNodes(instance),
  };
}

export const apiKeyNode = (instance: Instance, { id, name, description }: ApiKey) => ({
  __typename: 'ApiKey',
  id,
  name,
  description,
  user: () => instance.nodes.user(),
});

export function entityNode(instance: Instance, entity: Entity) {
  const isUser = !entity.isTeam && !entity.isOrganization;
  return {
    __typename: 'Entity',
    id: Buffer.from(`Entity:${entity.number}`).toString('base64'),
    name: entity.name,
    isTeam: entity.isTeam,
    entityType: entity.isOrganization ? 'organization' : isUser ? 'user' : 'team',
    available: true,
    photoUrl: null,
    createdAt: new Date(entity.createdAt).toISOString(),
    readOnly: false,
    readOnlyAdmin: false,
    privateOnly: false,
    isPaid: false,
    codeSavingEnabled: true,
    defaultAccess: 'PRIVATE',
    organization: () => organizationOf(instance, entity),
    user: () => (isUser ? instance.nodes.user() : null),
    members: () => [memberNode(instance)],
    limits: null,
    xxhashDigestsEnabled: instance.hasFeature('ARTIFACT_DIGEST_ALGORITHM'),
    storageBytes: () =>
      storageBytesOf(
        instance,
        [...entity.projects.values()].flatMap(({ runs }) => [...runs.values()]),
      ),
    projects: (args: ProjectListArguments) => projectConnection(instance, entity, args),
    project: ({ name }: { name?: string | null }) => {
      const project = instance.world.project(entity.name, name);
      return project ? instance.nodes.project(project) : null;
    },
    ...entityArtifacts(instance, entity),
  };
}

function memberNode(instance: Instance) {
  const { name, username, email } = instance.world.viewer;
  return {
    __typename: 'Member',
    id: USER_ID,
    name,
    username,
    email,
    admin: true,
    role: 'admin',
    accountType: 'USER',
    pending: false,
    photoUrl: null,
    apiKey: null,
  };
}

type OrganizationSettings = Settings['organizations'][number];

/** The organisation that an entity belongs to, or that it stands for. */
function organizationOf(instance: Instance, entity: Entity) {
  const found = instance.settings.organizations.find(
    (organization) => organization.entity === entity.name || organization.teams.includes(entity.name),
  );
  return found ? organizationNode(instance, found) : null;
}

const organizationNodes = (instance: Instance) =>
  instance.settings.organizations.map((organization) => organizationNode(instance, organization));

export function organizationNode(
  instance: Instance,
  { name, entity, teams }: OrganizationSettings,
): NodeFields {
  const entityOf = (of: string) => {
    const found = instance.world.entity(of);
    return found ? instance.nodes.entity(found) : null;
  };
  return {
    __typename: 'Organization',
    id: Buffer.from(`Organization:${entity}`).toString('base64'),
    name,
    available: true,
    coreWeaveOrganizationId: null,
    advancedRegistryFeatures: { advancedSearch: false },
    orgEntity: () => entityOf(entity),
    teams: () => teams.map(entityOf),
  };
}
