import type { Settings } from '../options.js';
import type { ListArguments, PageArguments } from '../server/connections.js';
import type { ApiKey } from '../world/api-keys.js';
import type { Instance } from '../world/instance.js';
import { type Entity, globalId } from '../world/records.js';
import { entityArtifacts } from './artifacts/entity.js';
import type { NodeFields } from './node.js';
import { projectConnection } from './project.js';
import { storageBytesOf } from './run.js';

const CREATED = '2024-01-01T00:00:00';

export const USER_ID = globalId('User:1');

/** The user whom the key belongs to. */
export function userNode(instance: Instance): NodeFields {
  const { viewer } = instance.world;
  return {
    __typename: 'User',
    id: USER_ID,
    ...viewer,
    admin: false,
    flags: '{"code_saving_enabled":true}',
    createdAt: CREATED,
    defaultEntity: () => instance.nodes.entity(instance.world.ensureEntity(viewer.entity)),
    apiKeys: (page: PageArguments) =>
      instance.pages.slice(instance.apiKeys.list(), (key) => apiKeyNode(instance, key), page),
    teams: () => ({
      edges: [...instance.world.entities.values()]
        .filter((entity) => !entity.organization)
        .map((entity) => ({
          cursor: globalId(`Entity:${entity.number}`),
          node: instance.nodes.entity(entity),
        })),
    }),
    organizations: () => instance.settings.organizations.map((one) => organizationNode(instance, one)),
  };
}

export const apiKeyNode = (instance: Instance, { id, name, description }: ApiKey) => ({
  id,
  name,
  description,
  user: () => instance.nodes.user(),
});

export function entityNode(instance: Instance, entity: Entity): NodeFields {
  const isUser = !entity.isTeam && !entity.organization;
  return {
    id: globalId(`Entity:${entity.number}`),
    name: entity.name,
    isTeam: entity.isTeam,
    entityType: entity.organization ? 'organization' : isUser ? 'user' : 'team',
    available: true,
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
    xxhashDigestsEnabled: instance.hasFeature('ARTIFACT_DIGEST_ALGORITHM'),
    storageBytes: () =>
      storageBytesOf(
        instance,
        [...entity.projects.values()].flatMap(({ runs }) => [...runs.values()]),
      ),
    projects: (args: ListArguments) => projectConnection(instance, entity, args),
    project: ({ name }: { name?: string | null }) =>
      instance.nodes.project(instance.world.project(entity.name, name)),
    ...entityArtifacts(instance, entity),
  };
}

function memberNode(instance: Instance) {
  return {
    ...instance.world.viewer,
    id: USER_ID,
    admin: true,
    role: 'admin',
    accountType: 'USER',
    pending: false,
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

export function organizationNode(
  instance: Instance,
  { name, entity, teams }: OrganizationSettings,
): NodeFields {
  const entityOf = (of: string) => instance.nodes.entity(instance.world.entity(of));
  return {
    id: globalId(`Organization:${entity}`),
    name,
    available: true,
    advancedRegistryFeatures: { advancedSearch: false },
    orgEntity: () => entityOf(entity),
    teams: () => teams.map(entityOf),
  };
}
