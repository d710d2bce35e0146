import type { Entry, Lookup, Page } from '../../contract/entry.js';
import { childPath, parentOf, pathOf, type TreePath } from '../../contract/tree-path.js';
import {
  type EntityFactsFragment,
  FindEntityDocument,
  FindProjectDocument,
  ListProjectsDocument,
  type ListProjectsQuery,
  type ProjectWithEntityFragment,
  type ViewerFactsFragment,
} from '../../wire/generated.js';
import { WireFailure } from '../../wire/wire-failure.js';
import type { StoreContext } from './context.js';
import { type PageQuery, pageOf } from './pages.js';
import { directoryEntry, nodesOf } from './rows.js';
import { NOTHING } from './turn-batch.js';

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
  path: TreePath,
  query: PageQuery & { readonly entity: string },
  signal: AbortSignal | undefined,
): Promise<Page | null> {
  return projectsIn(path, await context.rows(ListProjectsDocument, query, signal));
}

export const projectsIn = (path: TreePath, { entity, projects }: ListProjectsQuery): Page | null =>
  entity && pageOf(projects, (project) => directoryEntry(childPath(path, project.name), project));

/** @param path of an entity, or of a project of it; the server knows its names as `entity` and `project` */
export async function lookUpAbove(
  { client }: StoreContext,
  path: TreePath,
  [entity = '', project]: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Lookup> {
  if (project === undefined) {
    const found = (await client.run(FindEntityDocument, { entity }, { signal })).entity;
    return { ...NOTHING, found: found ? directoryEntry(path, found) : null };
  }
  return projectOf(path, (await client.run(FindProjectDocument, { entity, project }, { signal })).project);
}

/** @param found what the server tells of it */
export function projectOf(path: TreePath, found: ProjectWithEntityFragment | null): Lookup {
  if (!found) return NOTHING;
  const above = [directoryEntry(parentOf(path), found.entity)];
  return { found: directoryEntry(path, found), ancestors: above, listing: null };
}
