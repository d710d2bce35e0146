import type { Entry, Page } from '../../../contract/entry.js';
import type { TreePath } from '../../../contract/tree-path.js';
import { pathOf } from '../../../contract/tree-path.js';
import { ListFilesDocument, ListRunsDocument } from '../../../wire/generated.js';
import { directoryEntry } from '../../common/levels/directory-entry.js';
import { nodesOf } from '../../common/levels/nodes.js';
import { type FetchPage, onlyPage, pageFrom, pagesOf, restOf } from '../../common/levels/pages.js';
import { listEntities, listProjects } from '../../common/levels/upper-levels.js';
import type { RunsContext } from '../context.js';
import { placeOf } from '../places.js';
import { fileEntries } from './entries.js';

/** Lists directories, page by page. */
export class Listings {
  constructor(private readonly context: RunsContext) {}

  list(path: TreePath, signal: AbortSignal | undefined): AsyncGenerator<readonly Entry[]> {
    return pagesOf(this.context, this.fetchOf(path, signal));
  }

  page(path: TreePath, after: string | null, signal: AbortSignal | undefined): Promise<Page> {
    return pageFrom(this.context, this.fetchOf(path, signal), after);
  }

  private fetchOf(path: TreePath, signal: AbortSignal | undefined): FetchPage {
    const { names, unit, run } = placeOf(path);
    const [entity, project] = names;
    if (unit !== null && run !== null) return (after, first) => this.files(path, after, first, signal);
    if (entity !== undefined && project !== undefined) {
      return (after, first) => this.runs(entity, project, after, first, signal);
    }
    if (entity !== undefined) {
      return (after, first) => listProjects(this.context, { entity, path }, after, first, signal);
    }
    return async () => onlyPage(await listEntities(this.context, signal));
  }

  private async runs(
    entity: string,
    project: string,
    after: string | null,
    first: number,
    signal: AbortSignal | undefined,
  ): Promise<Page | null> {
    const answer = await this.context.client.run(
      ListRunsDocument,
      { entity, project, after, first },
      this.context.sized(first, signal),
    );
    if (!answer.project) return null;
    const { runs } = answer.project;
    const entries = nodesOf(runs).map((run) => {
      const path = pathOf(entity, project, run.name);
      this.context.learnProject(path, run.projectId);
      return directoryEntry(path, run);
    });
    return { entries, ...restOf(runs) };
  }

  private async files(
    unit: TreePath,
    after: string | null,
    first: number,
    signal: AbortSignal | undefined,
  ): Promise<Page | null> {
    const { run } = placeOf(unit);
    if (!run) return null;
    const answer = await this.context.client.run(
      ListFilesDocument,
      { ...run, after, first },
      this.context.sized(first, signal),
    );
    const found = answer.project?.run;
    if (!found) return null;
    this.context.learnProject(unit, found.projectId);
    const entries = fileEntries(unit, nodesOf(found.files), this.context.client.api.warnings);
    return { entries, ...restOf(found.files) };
  }
}
