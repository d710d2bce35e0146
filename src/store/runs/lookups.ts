import { FindEntityDocument, FindProjectDocument } from '../../wire/generated.js';
import { lookUp } from '../../wire/look-up.js';
import type { Entry, Lookup, TreePath } from '../contract.js';
import { isFailure } from '../failure.js';
import type { Addresses } from './addresses.js';
import type { RunsContext } from './context.js';
import { directoryEntry, fileEntry, nodesOf } from './entries.js';
import { pathOf, placeOf } from './places.js';
import { TurnBatch } from './turn-batch.js';

interface Question {
  /** The server's name of a file; null asks for the run itself. */
  readonly file: string | null;
  readonly hasListing: boolean;
}

type Options = { readonly signal?: AbortSignal | undefined; readonly listing: boolean };

const NOTHING: Lookup = { found: null, ancestors: [], listing: null };

/** Looks at single paths: one request each, and one for all that is asked of a run in one turn. */
export class Lookups {
  private readonly batch: TurnBatch<Question, Lookup>;

  constructor(
    private readonly context: RunsContext,
    private readonly addresses: Addresses,
  ) {
    this.batch = new TurnBatch({
      ask: (unit, questions, signal) => this.ask(unit, questions, signal),
      keyOf: ({ file, hasListing }) => `${hasListing} ${file === null ? '' : `:${file}`}`,
      // An answer must be newer than the question.
      canJoinLate: false,
    });
  }

  async lookup(path: TreePath, { signal, listing: hasListing }: Options): Promise<Lookup> {
    const { names, unit, file } = placeOf(path);
    const [entity, project] = names;
    try {
      if (unit !== null) return await this.batch.add(unit, { file, hasListing }, signal);
      if (entity !== undefined && project !== undefined) return await this.project(entity, project, signal);
      return entity !== undefined ? await this.entity(entity, signal) : NOTHING;
    } catch (error) {
      // Most servers answer null for what isn't there, some with a failure.
      if (isFailure(error) && error.code === 'ENOENT') return NOTHING;
      throw error;
    }
  }

  private async entity(entity: string, signal: AbortSignal | undefined): Promise<Lookup> {
    const found = (await this.context.client.run(FindEntityDocument, { entity }, { signal })).entity;
    return { ...NOTHING, found: found ? directoryEntry(pathOf(entity), found) : null };
  }

  private async project(entity: string, project: string, signal: AbortSignal | undefined): Promise<Lookup> {
    const { client } = this.context;
    const found = (await client.run(FindProjectDocument, { entity, project }, { signal })).project;
    if (!found) return NOTHING;
    return {
      found: directoryEntry(pathOf(entity, project), found),
      ancestors: [directoryEntry(pathOf(entity), found.entity)],
      listing: null,
    };
  }

  /** As few requests as the server allows: most often one. */
  private async ask(
    unit: TreePath,
    questions: readonly Question[],
    signal: AbortSignal,
  ): Promise<readonly Lookup[]> {
    const answers = await this.context.sizes.all('patterns', questions, (batch) =>
      this.askBatch(unit, batch, signal),
    );
    return answers.flat();
  }

  private askBatch(
    unit: TreePath,
    questions: readonly Question[],
    signal: AbortSignal,
  ): Promise<readonly Lookup[]> {
    const hasListing = questions.some((question) => question.hasListing);
    if (!hasListing) return this.send(unit, questions, 0, signal);
    const { sizes } = this.context;
    return sizes.adapt('page', sizes.get('page'), (page) => this.send(unit, questions, page, signal));
  }

  private async send(
    unit: TreePath,
    questions: readonly Question[],
    page: number,
    signal: AbortSignal,
  ): Promise<readonly Lookup[]> {
    const { run } = placeOf(unit);
    if (!run) return questions.map(() => NOTHING);
    const files = [...new Set(questions.flatMap(({ file }) => file ?? []))];
    const patterns = files.map(patternBelow);
    const size = Math.max(page, questions.length);
    const { project, isAnyBelow } = await lookUp(
      this.context.client,
      { ...run, names: files, patterns, page },
      this.context.sized(size, signal),
    );
    if (!project) return questions.map(() => NOTHING);
    const above = [
      directoryEntry(pathOf(run.entity), project.entity),
      directoryEntry(pathOf(run.entity, run.project), project),
    ];
    const found = project.run;
    if (!found) return questions.map(() => ({ ...NOTHING, ancestors: above }));
    this.context.learnProject(unit, found.projectId);
    const runEntry = directoryEntry(unit, found);
    const rows = new Map<string, Entry>();
    for (const row of nodesOf(found.asked)) {
      const entry = fileEntry(unit, row);
      if (!entry) continue;
      rows.set(row.name, entry);
      this.addresses.remember(entry, row);
    }
    const below = new Set(files.filter((_, index) => isAnyBelow[index]));
    const listing = found.listing && {
      entries: nodesOf(found.listing).flatMap((row) => fileEntry(unit, row) ?? []),
      isComplete: !found.listing.pageInfo.hasNextPage,
    };
    return questions.map(({ file, hasListing }): Lookup => {
      const shown = hasListing ? (listing ?? null) : null;
      if (file === null) return { found: runEntry, ancestors: above, listing: shown };
      // A server may hold both 'a' and 'a/b'; then 'a' is a directory.
      const what = below.has(file) ? 'prefix' : (rows.get(file) ?? null);
      return { found: what, ancestors: [...above, runEntry], listing: shown };
    });
  }
}

/** LIKE, for the files below a name: '\', '%' and '_' stand for themselves. */
const patternBelow = (name: string): string => `${name.replace(/[\\%_]/g, '\\$&')}/%`;
