import type { Page } from '../../contract/entry.js';
import type { Entries, EntryPage } from '../../contract/entry-page.js';
import { pathOf, type TreePath } from '../../contract/tree-path.js';
import type { Signalled } from '../../contract/uploads.js';
import { ListFilesDocument, ListRunsDocument, ViewerDocument } from '../../wire/generated.js';
import { type FetchPage, onlyPage, type PageQuery, pageFrom, pageOf, pagesOf } from '../common/pages.js';
import { directoryEntry, nextOf } from '../common/rows.js';
import { entitiesOf, listProjects } from '../common/upper-levels.js';
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
  return pageOf(project?.runs, (run) => {
    const path = pathOf(query.entity, query.project, run.name);
    context.learnProject(path, run.projectId);
    return directoryEntry(path, run);
  });
}

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
