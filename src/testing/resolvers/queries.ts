import type { PageArguments } from '../connections.js';
import type { Instance } from '../instance.js';
import { projectConnection, projectNode } from './project.js';
import { entityNode, userNode } from './viewer.js';

/** The root fields that read. What isn't there is null, not an error. */
export function queries(instance: Instance) {
  const { world, settings } = instance;
  const project = ({ entityName, name }: { entityName?: string | null; name?: string | null }) => {
    const found = world.project(entityName, name);
    return found ? projectNode(instance, found) : null;
  };
  const projects = ({ entityName, ...page }: PageArguments & { entityName?: string | null }) => {
    const entity = world.entity(entityName);
    return entity ? projectConnection(instance, entity, page) : null;
  };
  return {
    viewer: () => userNode(instance),
    serverInfo: () => ({
      features: settings.features.map((name) => ({ name, isEnabled: true })),
      cliVersionInfo: {},
      latestLocalVersionInfo: null,
      frontendHost: instance.apiUrl,
      messageOfTheDay: null,
    }),
    entity: ({ name }: { name?: string | null }) => {
      const found = world.entity(name);
      return found ? entityNode(instance, found) : null;
    },
    organization: () => null,
    organizations: () => ({
      edges: [],
      pageInfo: { startCursor: null, endCursor: null, hasNextPage: false, hasPreviousPage: false },
    }),
    project,
    model: project,
    projects,
    models: projects,
  };
}
