import { artifactId, collectionId } from '../artifacts/records.js';
import type { ListArguments, PageArguments } from '../server/connections.js';
import type { Instance } from '../world/instance.js';
import { organizationNode, USER_ID } from './entity.js';
import { projectConnection } from './project.js';

/** The versions of the SDK that the server takes; the last one is the one it is tried with. */
const CLI_VERSIONS = { min_cli_version: '0.0.1', max_cli_version: '0.30.0' };

interface UserListArguments extends PageArguments {
  readonly query?: string | null;
  readonly usernames?: readonly string[] | null;
  readonly ids?: readonly string[] | null;
}

/** The root fields that read. What isn't there is null, not an error. */
export function queries(instance: Instance) {
  const { world, settings, catalogue } = instance;
  const project = ({ entityName, name }: { entityName?: string | null; name?: string | null }) =>
    instance.nodes.project(world.project(entityName, name));
  const projects = ({ entityName, ...page }: ListArguments & { entityName?: string | null }) => {
    const entity = world.entity(entityName);
    return entity ? projectConnection(instance, entity, page) : null;
  };
  return {
    viewer: () => instance.nodes.user(),
    serverInfo: () => ({
      features: settings.features.map((name) => ({ name, isEnabled: true })),
      cliVersionInfo: CLI_VERSIONS,
      frontendHost: instance.apiUrl,
    }),
    entity: ({ name }: { name?: string | null }) => instance.nodes.entity(world.entity(name)),
    /** The one user there is, if the text is part of what names it. */
    users: ({ query, usernames, ids, ...page }: UserListArguments) => {
      const { username, email, name } = world.viewer;
      const isWanted =
        (!query || [username, email, name].some((text) => text.includes(query))) &&
        (!usernames || usernames.includes(username)) &&
        (!ids || ids.includes(USER_ID));
      return instance.pages.slice(isWanted ? [world.viewer] : [], instance.nodes.user, page);
    },
    organization: ({ name }: { name?: string | null }) => {
      const found = settings.organizations.find((organization) => organization.name === name);
      return found ? organizationNode(instance, found) : null;
    },
    organizations: (page: PageArguments) =>
      instance.pages.slice(settings.organizations, (one) => organizationNode(instance, one), page),
    artifact: ({ id }: { id: string }) => instance.nodes.artifact(catalogue.artifacts.get(id)),
    artifactCollection: ({ id }: { id: string }) => instance.nodes.collection(catalogue.collections.get(id)),
    clientIDMapping: ({ clientID }: { clientID: string }) => {
      const entry = catalogue.clientIDs.get(clientID);
      if (!entry) return null;
      return 'sequence' in entry
        ? { clientID, serverID: artifactId(entry), entry: () => instance.nodes.artifact(entry) }
        : { clientID, serverID: collectionId(entry), entry: () => instance.nodes.collection(entry) };
    },
    project,
    model: project,
    projects,
    models: projects,
  };
}
