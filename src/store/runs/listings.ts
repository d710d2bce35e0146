import {
  ListFilesDocument,
  ListProjectsDocument,
  ListRunsDocument,
  ViewerDocument,
} from '../../wire/generated.js';
import { WireFailure } from '../../wire/wire-failure.js';
import type { Entry, TreePath } from '../contract.js';
import { Failure } from '../failure.js';
import type { RunsContext } from './context.js';
import { directoryEntry, fileEntry, nodesOf } from './entries.js';
import { pathOf, placeOf } from './places.js';

interface Page {
  readonly entries: readonly Entry[];
  /** Where the next page begins; null: this was the last. */
  readonly next: string | null;
}

type Fetch = (after: string | null, first: number) => Promise<Page | null>;

/** Lists directories, page by page. */
export class Listings {
  constructor(private readonly context: RunsContext) {}

  async *list(path: TreePath, signal: AbortSignal | undefined): AsyncGenerator<readonly Entry[]> {
    const fetch = this.fetchOf(path, signal);
    const { sizes } = this.context;
    const pageFrom = (from: string | null): Promise<Page | null> =>
      sizes.adapt('page', sizes.get('page'), (first) => fetch(from, first));
    for (let after: string | null = null, isLast = false; !isLast; ) {
      const page: Page | null = await pageFrom(after);
      if (!page) throw new Failure('ENOENT');
      yield page.entries;
      // A server that sends the same page for ever must not keep us for ever.
      if (page.next !== null && page.next === after) {
        throw new WireFailure('EPROTO', 'The server repeats a page of its listing.', null, 'protocol');
      }
      after = page.next;
      isLast = after === null;
    }
  }

  private fetchOf(path: TreePath, signal: AbortSignal | undefined): Fetch {
    const { names, unit, run } = placeOf(path);
    const [entity, project] = names;
    if (unit !== null && run !== null) return (after, first) => this.files(path, after, first, signal);
    if (entity !== undefined && project !== undefined) {
      return (after, first) => this.runs(entity, project, after, first, signal);
    }
    if (entity !== undefined) return (after, first) => this.projects(entity, after, first, signal);
    return () => this.entities(signal);
  }

  /** There is no list of all entities: the viewer's own and the teams'. */
  private async entities(signal: AbortSignal | undefined): Promise<Page> {
    const { viewer } = await this.context.client.run(ViewerDocument, {}, { signal });
    if (!viewer) throw new WireFailure('EACCES', 'The server knows no user for this key.', null, 'final');
    const entries = new Map(
      nodesOf(viewer.teams).map((team) => [team.name, directoryEntry(pathOf(team.name), team)]),
    );
    const { entity, id, createdAt } = viewer;
    if (entity && !entries.has(entity)) {
      entries.set(entity, directoryEntry(pathOf(entity), { id, createdAt }));
    }
    return { entries: [...entries.values()], next: null };
  }

  private async projects(
    entity: string,
    after: string | null,
    first: number,
    signal: AbortSignal | undefined,
  ): Promise<Page | null> {
    const answer = await this.context.client.run(
      ListProjectsDocument,
      { entity, after, first },
      this.context.sized(first, signal),
    );
    if (!answer.entity) return null;
    const { projects } = answer;
    return {
      entries: nodesOf(projects).map((project) => directoryEntry(pathOf(entity, project.name), project)),
      next: projects?.pageInfo.hasNextPage ? (projects.pageInfo.endCursor ?? null) : null,
    };
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
    return { entries, next: nextOf(runs) };
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
    const entries = nodesOf(found.files).flatMap((row) => fileEntry(unit, row) ?? []);
    return { entries, next: nextOf(found.files) };
  }
}

/** Runs and files go on from their last edge's cursor, as the SDK does it (protocol section 3.4). */
function nextOf(
  connection:
    | {
        readonly edges: readonly { readonly cursor: string }[];
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null | undefined };
      }
    | null
    | undefined,
): string | null {
  if (!connection?.pageInfo.hasNextPage) return null;
  return connection.edges.at(-1)?.cursor ?? connection.pageInfo.endCursor ?? null;
}
