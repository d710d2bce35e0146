import type { Entry, Lookup, Page } from '../../../contract/entry.js';
import type { TreePath } from '../../../contract/tree-path.js';
import { childPath, parentOf, pathOf } from '../../../contract/tree-path.js';
import {
  type EntityFactsFragment,
  FindEntityDocument,
  FindProjectDocument,
  ListProjectsDocument,
  ViewerDocument,
  type ViewerFactsFragment,
} from '../../../wire/generated.js';
import { WireFailure } from '../../../wire/wire-failure.js';
import type { StoreContext } from '../context.js';
import { directoryEntry } from './directory-entry.js';
import { nodesOf } from './nodes.js';
import { restOf } from './pages.js';

export const NOTHING: Lookup = { found: null, ancestors: [], listing: null };

export async function listEntities(
  { client }: StoreContext,
  signal: AbortSignal | undefined,
): Promise<readonly Entry[]> {
  const { viewer } = await client.run(ViewerDocument, {}, { signal });
  return entitiesOf(viewer);
}

/**
 * There is no list of all entities: these are the viewer's own, the teams' and, of artifacts, those of organizations.
 */
export function entitiesOf(
  viewer: ViewerFactsFragment | null,
  others: readonly EntityFactsFragment[] = [],
): readonly Entry[] {
  if (!viewer) throw new WireFailure('EACCES', 'The server knows no user for this key.', null, 'final');
  const entries = new Map(
    [...nodesOf(viewer.teams), ...others].map((each) => [each.name, directoryEntry(pathOf(each.name), each)]),
  );
  const { entity, id, createdAt } = viewer;
  if (entity && !entries.has(entity)) {
    entries.set(entity, directoryEntry(pathOf(entity), { id, createdAt }));
  }
  return [...entries.values()];
}

/** @param path of the entity, which the server knows as `entity` */
export async function listProjects(
  context: StoreContext,
  { entity, path }: { readonly entity: string; readonly path: TreePath },
  after: string | null,
  first: number,
  signal: AbortSignal | undefined,
): Promise<Page | null> {
  const options = context.sized(first, signal);
  const answer = await context.client.run(ListProjectsDocument, { entity, after, first }, options);
  if (!answer.entity) return null;
  const { projects } = answer;
  return {
    entries: nodesOf(projects).map((project) => directoryEntry(childPath(path, project.name), project)),
    ...restOf(projects),
  };
}

/** @param path of the entity, which the server knows as `entity` */
export async function lookUpEntity(
  { client }: StoreContext,
  { entity, path }: { readonly entity: string; readonly path: TreePath },
  signal: AbortSignal | undefined,
): Promise<Lookup> {
  const found = (await client.run(FindEntityDocument, { entity }, { signal })).entity;
  return { ...NOTHING, found: found ? directoryEntry(path, found) : null };
}

/** @param path of the project; the server knows its names as `entity` and `project` */
export async function lookUpProject(
  { client }: StoreContext,
  { entity, project, path }: { readonly entity: string; readonly project: string; readonly path: TreePath },
  signal: AbortSignal | undefined,
): Promise<Lookup> {
  const found = (await client.run(FindProjectDocument, { entity, project }, { signal })).project;
  if (!found) return NOTHING;
  return {
    found: directoryEntry(path, found),
    ancestors: [directoryEntry(parentOf(path), found.entity)],
    listing: null,
  };
}
