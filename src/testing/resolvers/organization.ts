import type { Settings } from '../options.js';
import type { Instance } from '../world/instance.js';
import type { Entity } from '../world/records.js';
import type { NodeFields } from './node.js';
import { entityNode } from './viewer.js';

type OrganizationSettings = Settings['organizations'][number];

/** The organisation that an entity belongs to, or that it stands for. */
export function organizationOf(instance: Instance, entity: Entity) {
  const found = instance.settings.organizations.find(
    (organization) => organization.entity === entity.name || organization.teams.includes(entity.name),
  );
  return found ? organizationNode(instance, found) : null;
}

export const organizationNodes = (instance: Instance) =>
  instance.settings.organizations.map((organization) => organizationNode(instance, organization));

export function organizationNode(
  instance: Instance,
  { name, entity, teams }: OrganizationSettings,
): NodeFields {
  const entityOf = (of: string) => {
    const found = instance.world.entity(of);
    return found ? entityNode(instance, found) : null;
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
