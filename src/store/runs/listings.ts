import type { Lookup, Page } from '../../contract/entry.js';
import type { Entries, EntryPage } from '../../contract/entry-page.js';
import type { Store } from '../../contract/store.js';
import { pathOf, type TreePath } from '../../contract/tree-path.js';
import type { Signalled } from '../../contract/uploads.js';
import {
  FindProjectAndRunsDocument,
  ListFilesDocument,
  ListProjectsDocument,
  ListRunsDocument,
  type RunPageFragment,
  ViewerDocument,
} from '../../wire/generated.js';
import { type FetchPage, onlyPage, type PageQuery, pageFrom, pageOf, pagesOf } from '../common/pages.js';
import { directoryEntry, nextOf } from '../common/rows.js';
import { NOTHING } from '../common/turn-batch.js';
import { entitiesOf, listProjects, lookUpAbove, projectOf, projectsIn } from '../common/upper-levels.js';
import { placeOf, type RunName, type RunsContext } from './tree.js';

/** Lists a directory, page by page, from its beginning or from where its first page ended. */
export const listDirectory = (
  context: RunsContext,
  path: TreePath,
  signal: AbortSignal | undefined,
  after?: string,
): AsyncGenerator<EntryPage> => pagesOf(context, fetchOf(context, path, signal), after);

export const listPage = (
  context: RunsContext,
  path: TreePath,
  { after, signal }: Signalled & Pick<PageQuery, 'after'>,
): Promise<Page<Entries>> => pageFrom(context, fetchOf(context, path, signal), after);

function fetchOf(context: RunsContext, path: TreePath, signal: AbortSignal | undefined): FetchPage {
  const { names, unit, run } = placeOf(path);
  const [entity, project] = names;
  if (unit !== null && run !== null) {
    return (after, first) => listFiles(context, unit, { ...run, after, first }, signal);
  }
  if (entity === undefined) {
    return async () =>
      onlyPage(entitiesOf((await context.client.run(ViewerDocument, {}, { signal })).viewer));
  }
  return project === undefined
    ? (after, first) => listProjects(context, path, { entity, after, first }, signal)
    : (after, first) => listRuns(context, { entity, project, after, first }, signal);
}

async function listRuns(
  context: RunsContext,
  query: PageQuery & { readonly entity: string; readonly project: string },
  signal: AbortSignal | undefined,
): Promise<Page | null> {
  const { project } = await context.rows(ListRunsDocument, query, signal);
  return runsIn(context, query, project?.runs);
}

const runsIn = (
  context: RunsContext,
  { entity, project }: Pick<RunName, 'entity' | 'project'>,
  runs: RunPageFragment | null | undefined,
): Page | null =>
  pageOf(runs, (run) => {
    const path = pathOf(entity, project, run.name);
    context.learnProject(path, run.projectId);
    return directoryEntry(path, run);
  });

/** Looks at an entity or a project; what is in it comes along where it is listed next. */
export async function lookUpAboveRuns(
  context: RunsContext,
  path: TreePath,
  names: readonly string[],
  { signal, listing }: Parameters<Store['lookup']>[1],
): Promise<Lookup<Entries>> {
  if (!listing) return lookUpAbove(context, path, names, signal);
  const [entity = '', project] = names;
  const { sizes } = context;
  return sizes.adapt('page', sizes.get('page'), async (first) => {
    if (project === undefined) {
      const answer = await context.rows(ListProjectsDocument, { entity, first }, signal);
      if (!answer.entity) return NOTHING;
      return {
        ...NOTHING,
        found: directoryEntry(path, answer.entity),
        listing: begun(projectsIn(path, answer)),
      };
    }
    const { project: found } = await context.rows(
      FindProjectAndRunsDocument,
      { entity, project, first },
      signal,
    );
    const runs = runsIn(context, { entity, project }, found?.runs);
    return { ...projectOf(path, found), listing: begun(runs) };
  });
}

const begun = (page: Page | null): Lookup<Entries>['listing'] =>
  page && { entries: page.entries, isComplete: page.next === null, next: page.next };

async function listFiles(
  context: RunsContext,
  unit: TreePath,
  query: PageQuery & RunName,
  signal: AbortSignal | undefined,
): Promise<Page<Entries> | null> {
  const { project } = await context.rows(ListFilesDocument, query, signal);
  const found = project?.run;
  if (!found) return null;
  context.learnProject(unit, found.projectId);
  const { files } = found;
  if (!files) return null;
  return { entries: context.shownFiles(unit, files), rows: files.edges.length, next: nextOf(files) };
}
