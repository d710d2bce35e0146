import type { Entry, Lookup } from '../../contract/entry.js';
import type { Failure } from '../../contract/failure.js';
import { pathOf, type TreePath } from '../../contract/tree-path.js';
import { lookUp } from '../../wire/api/look-up.js';
import { directoryEntry, nodesOf } from '../common/rows.js';
import { createLookup, NOTHING, type Question } from '../common/turn-batch.js';
import { lookUpAbove } from '../common/upper-levels.js';
import type { Addresses } from './reading.js';
import { fileEntries, fileEntry, placeOf, type RunsContext, UNIT_DEPTH } from './tree.js';

/** Looks at single paths: one request each, and one for all that is asked of a run in one turn. */
export class Lookups {
  readonly lookup = createLookup({
    unitDepth: UNIT_DEPTH,
    above: (path, names, signal) => lookUpAbove(this.context, path, names, signal),
    ask: (unit, questions, signal) => this.ask(unit, questions, signal),
  });

  constructor(
    private readonly context: RunsContext,
    private readonly addresses: Addresses,
  ) {}

  /** As few requests as the server allows: most often one. */
  private async ask(
    unit: TreePath,
    questions: readonly Question[],
    signal: AbortSignal,
  ): Promise<readonly (Lookup | Failure)[]> {
    return this.context.sizes.each('patterns', questions, (batch) => this.askBatch(unit, batch, signal));
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
    const named = nodesOf(found.asked);
    if (found.asked?.pageInfo.hasNextPage) {
      const listed = new Set(named.map(({ name }) => name));
      const left = files.filter((file) => !listed.has(file));
      named.push(...(await this.addresses.rowsOf(run, left, signal)).values());
    }
    for (const row of named) {
      const entry = fileEntry(unit, row);
      // Of two rows of one name the later one is the file.
      if (!entry || entry.mtimeMs < (rows.get(row.name)?.mtimeMs ?? 0)) continue;
      rows.set(row.name, entry);
      this.addresses.remember(entry, row);
    }
    const below = new Set(files.filter((_, index) => isAnyBelow[index]));
    const listing = found.listing && {
      entries: fileEntries(unit, nodesOf(found.listing), this.context.client.api.warnings),
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
