import type { Entry, Lookup } from '../../contract/entry.js';
import type { Entries } from '../../contract/entry-page.js';
import { Failure } from '../../contract/failure.js';
import { parentOf, pathOf, type TreePath } from '../../contract/tree-path.js';
import type { CallOptions, WireClient } from '../../wire/api/client.js';
import { LookUpDocument, type LookUpQuery } from '../../wire/generated.js';
import { directoryEntry, nodesOf, rowsOfNames } from '../common/rows.js';
import { createLookup, NOTHING, type Outcome, type Question } from '../common/turn-batch.js';
import { lookUpAboveRuns } from './listings.js';
import { repeated } from './repeated.js';
import { type FoundRun, SeveralRuns } from './several-runs.js';
import { fileEntry, numbered, placeOf, type RunName, type RunsContext, UNIT_DEPTH } from './tree.js';

/** Looks at single paths: one request each, and one for all that is asked of a run in one turn. */
export class Lookups {
  readonly lookup = createLookup({
    unitDepth: UNIT_DEPTH,
    above: (path, names, options) => lookUpAboveRuns(this.context, path, names, options),
    groupOf: parentOf,
    ask: (_project, questions, signal) => this.ask(questions, signal),
  });
  private several: SeveralRuns | null = null;

  constructor(private readonly context: RunsContext) {}

  /** Of runs of one project. Those that are touched for the first time, as walks and searches do, are asked for together. */
  private async ask(questions: readonly Question[], signal: AbortSignal): Promise<readonly Outcome[]> {
    const byUnit = new Map<TreePath, Question[]>();
    for (const question of questions) {
      byUnit.set(question.unit, [...(byUnit.get(question.unit) ?? []), question]);
    }
    const touched = [...byUnit].filter(([, asked]) => asked.every(({ hasListing }) => hasListing));
    const together = touched.length > 1 ? this.lookUpTogether(new Map(touched), signal) : NONE;
    const outcomes = new Map<Question, Outcome>();
    const answer = async (unit: TreePath, asked: readonly Question[]): Promise<void> => {
      const told = (await together).get(unit) ?? (await this.askSingly(unit, asked, signal));
      asked.forEach((question, index) => void outcomes.set(question, told[index] ?? NOTHING));
    };
    await Promise.all([...byUnit].map(([unit, asked]) => answer(unit, asked)));
    return questions.map((question) => outcomes.get(question) ?? NOTHING);
  }

  private lookUpTogether(
    units: ReadonlyMap<TreePath, readonly Question[]>,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<TreePath, readonly Outcome[]>> {
    this.several ??= new SeveralRuns(this.context, outcomesOf);
    return this.several.lookUp(units, signal);
  }

  /** As few requests as the server allows: most often one. What fails is the failure of this run alone. */
  private async askSingly(
    unit: TreePath,
    questions: readonly Question[],
    signal: AbortSignal,
  ): Promise<readonly Outcome[]> {
    try {
      const { sizes } = this.context;
      return await sizes.each('patterns', questions, (batch) => this.askBatch(unit, batch, signal));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return questions.map(() => error);
    }
  }

  private askBatch(
    unit: TreePath,
    questions: readonly Question[],
    signal: AbortSignal,
  ): Promise<readonly Lookup<Entries>[]> {
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
  ): Promise<readonly Lookup<Entries>[]> {
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
    const named = nodesOf(found.asked);
    if (found.asked?.pageInfo.hasNextPage) {
      const listed = new Set(named.map(({ name }) => name));
      const left = files.filter((file) => !listed.has(file));
      const rest = await rowsOfNames(left, (names) => this.context.askRows(run, names, signal));
      named.push(...rest.values());
    }
    const below = new Set(files.filter((_, index) => isAnyBelow[index]));
    return outcomesOf(this.context, { unit, above, found, named }, questions, (file) => below.has(file));
  }
}

/** @param isBelow are there files below a name? */
function outcomesOf(
  context: RunsContext,
  { unit, above, found, named }: FoundRun,
  questions: readonly Question[],
  isBelow: (file: string) => boolean,
): readonly Lookup<Entries>[] {
  context.learnProject(unit, found.projectId);
  const runEntry = directoryEntry(unit, found);
  const rows = new Map<string, Entry>();
  for (const row of named) {
    const entry = fileEntry(unit, row);
    // Of two rows of one name the later one is the file.
    if (!entry || entry.mtimeMs < (rows.get(row.name)?.mtimeMs ?? 0)) continue;
    rows.set(row.name, entry);
    context.addresses.remember(entry, row);
  }
  const listing = found.listing ? context.listingOf(unit, found.listing) : null;
  return questions.map(({ file, hasListing }): Lookup<Entries> => {
    const shown = hasListing ? listing : null;
    if (file === null) return { found: runEntry, ancestors: above, listing: shown };
    // A server may hold both 'a' and 'a/b'; then 'a' is a directory.
    const what = isBelow(file) ? 'prefix' : (rows.get(file) ?? null);
    return { found: what, ancestors: [...above, runEntry], listing: shown };
  });
}

const NONE: Promise<ReadonlyMap<TreePath, readonly Outcome[]>> = Promise.resolve(new Map());

/** LIKE, for the files below a name: '\', '%' and '_' stand for themselves. */
const patternBelow = (name: string): string => `${name.replace(/[\\%_]/g, '\\$&')}/%`;

interface LookUpRequest extends RunName {
  /** The rows of these names, with their URLs. */
  readonly names: readonly string[];
  /** Are there files that match these LIKE patterns? One answer each. */
  readonly patterns: readonly string[];
  /** Rows of the listing's first page; 0: none. */
  readonly page: number;
}

type Below = NonNullable<NonNullable<NonNullable<LookUpQuery['project']>['run']>['below']>;

/** Sends one look at a run: one request, whatever it asks for. */
export async function lookUp(
  client: WireClient,
  { patterns, names, page, ...run }: LookUpRequest,
  options: CallOptions,
): Promise<{ readonly project: LookUpQuery['project']; readonly isAnyBelow: readonly boolean[] }> {
  const variables = {
    ...run,
    names,
    first: Math.max(1, names.length),
    hasNames: names.length > 0,
    hasPattern: patterns.length > 0,
    page: Math.max(1, page),
    hasListing: page > 0,
    ...Object.fromEntries(patterns.map((pattern, index) => [numbered('pattern', index), pattern])),
  };
  const document =
    patterns.length > 1 ? repeated(LookUpDocument, 'below', ['pattern'], patterns.length) : LookUpDocument;
  const { project } = await client.run(document, variables, options);
  const answers: Readonly<Record<string, unknown>> = { ...project?.run };
  const isAnyBelow = patterns.map((_, index) =>
    isAny(answers[numbered('below', index)] as Below | null | undefined),
  );
  return { project, isAnyBelow };
}

/** Rows without a time were declared and never uploaded; a full page of those says nothing of the rest. */
const isAny = (below: Below | null | undefined): boolean =>
  below != null &&
  (below.pageInfo.hasNextPage || below.edges.some(({ node }) => typeof node?.updatedAt === 'string'));
