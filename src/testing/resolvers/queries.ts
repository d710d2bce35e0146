import { artifactId, collectionId } from '../artifacts/records.js';
import { type PageArguments, slice } from '../server/connections.js';
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
  const { world, settings } = instance;
  const { catalogue } = instance.artifacts;
  const project = ({ entityName, name }: { entityName?: string | null; name?: string | null }) => {
    const found = world.project(entityName, name);
    return found ? instance.nodes.project(found) : null;
  };
  const projects = ({ entityName, ...page }: PageArguments & { entityName?: string | null }) => {
    const entity = world.entity(entityName);
    return entity ? projectConnection(instance, entity, page) : null;
  };
  return {
    viewer: () => instance.nodes.user(),
    serverInfo: () => ({
      features: settings.features.map((name) => ({ name, isEnabled: true })),
      cliVersionInfo: CLI_VERSIONS,
      latestLocalVersionInfo: null,
      frontendHost: instance.apiUrl,
      messageOfTheDay: null,
    }),
    entity: ({ name }: { name?: string | null }) => {
      const found = world.entity(name);
      return found ? instance.nodes.entity(found) : null;
    },
    /** The one user there is, if the text is part of what names it. */
    users: ({ query, usernames, ids, ...page }: UserListArguments) => {
      const { username, email, name } = world.viewer;
      const isWanted =
        (!query || [username, email, name].some((text) => text.includes(query))) &&
        (!usernames || usernames.includes(username)) &&
        (!ids || ids.includes(USER_ID));
      return slice(isWanted ? [instance.nodes.user()] : [], { toNode: (user) => user, mostRows: 1 }, page);
    },
    organization: ({ name }: { name?: string | null }) => {
      const found = settings.organizations.find((organization) => organization.name === name);
      return found ? organizationNode(instance, found) : null;
    },
    organizations: (page: PageArguments) =>
      slice(
        settings.organizations,
        { toNode: (one) => organizationNode(instance, one), mostRows: settings.limits.page },
        page,
      ),
    artifact: ({ id }: { id: string }) => {
      const found = catalogue.artifact(id);
      return found ? instance.nodes.artifact(found) : null;
    },
    artifactCollection: ({ id }: { id: string }) => {
      const found = catalogue.collectionById(id);
      return found ? instance.nodes.collection(found) : null;
    },
    clientIDMapping: ({ clientID }: { clientID: string }) => {
      const entry = catalogue.clientID(clientID);
      if (!entry) return null;
      const isVersion = 'sequence' in entry;
      const serverID = isVersion ? artifactId(entry) : collectionId(entry);
      const toNode = () => (isVersion ? instance.nodes.artifact(entry) : instance.nodes.collection(entry));
      return { clientID, serverID, entry: toNode };
    },
    project,
    model: project,
    projects,
    models: projects,
  };
}
