import type { Entry, Lookup } from '../../contract/entry.js';
import type { Entries } from '../../contract/entry-page.js';
import { Failure } from '../../contract/failure.js';
import { pathOf, type TreePath } from '../../contract/tree-path.js';
import { isRefusal, isTooMuch } from '../../wire/api/batching.js';
import {
  type FileRowFragment,
  type FileUrlsFragment,
  LookUpRunsDocument,
  type LookUpRunsQuery,
  type RunFactsFragment,
} from '../../wire/generated.js';
import { isWireFailure, type WireFailure } from '../../wire/wire-failure.js';
import { type Connection, directoryEntry, nodesOf } from '../common/rows.js';
import { NOTHING, type Outcome, type Question } from '../common/turn-batch.js';
import { repeated } from './repeated.js';
import { numbered, placeOf, type RunName, type RunsContext } from './tree.js';

type Run = NonNullable<NonNullable<LookUpRunsQuery['project']>['run']>;

/** A run that was found, what stands above it, and its rows of the names that were asked for. */
export interface FoundRun {
  readonly unit: TreePath;
  readonly above: readonly Entry[];
  readonly found: RunFactsFragment & { readonly listing?: Connection<FileRowFragment> | null };
  readonly named: readonly (FileRowFragment & FileUrlsFragment)[];
}

/** Tells what is known of a run to each who asked, in order; see `lookups.ts`. */
type OutcomesOf = (
  context: RunsContext,
  run: FoundRun,
  questions: readonly Question[],
  isBelow: (file: string) => boolean,
) => readonly Lookup<Entries>[];

type Asked = readonly (readonly [unit: TreePath, questions: readonly Question[]])[];
type Told = Map<TreePath, readonly Outcome[]>;

/**
 * Looks at runs of one project that are touched for the first time, several in one document. A server that doesn't take that
 * is asked for it once by all who speak to it: the first such document goes alone.
 */
export class SeveralRuns {
  constructor(
    private readonly context: RunsContext,
    private readonly outcomesOf: OutcomesOf,
  ) {}

  /** What isn't in the answer is to be asked for singly. */
  async lookUp(
    units: ReadonlyMap<TreePath, readonly Question[]>,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<TreePath, readonly Outcome[]>> {
    const told: Told = new Map();
    const asksForNames = ([, questions]: Asked[number]): boolean =>
      questions.some(({ file }) => file !== null);
    const all = [...units];
    const alike = [all.filter(asksForNames), all.filter((each) => !asksForNames(each))];
    await Promise.all(alike.map((each) => this.lookUpAlike(each, signal, told)));
    return told;
  }

  /** Either of all of them names are asked, or of none: an empty list of names would be one of all there are. */
  private async lookUpAlike(units: Asked, signal: AbortSignal, told: Told): Promise<void> {
    const { severalRuns } = this.context.client.api.limits;
    const left = [...units];
    const next = (): number => Math.min(this.size, left.length);
    while (next() > 1 && !severalRuns.isOver(next())) {
      await severalRuns.run(signal, () => this.tryFirst(left, next(), signal, told));
    }
    const documents: Promise<unknown>[] = [];
    while (next() > 1) documents.push(this.ask(left.splice(0, next()), signal, told));
    await Promise.all(documents);
  }

  private get size(): number {
    return this.context.sizes.get('runs');
  }

  /** How many runs a document may ask for without being tried again. */
  private async tryFirst(
    left: Asked[number][],
    size: number,
    signal: AbortSignal,
    told: Told,
  ): Promise<number | null> {
    const units = left.splice(0, size);
    const failure = await this.ask(units, signal, told);
    if (signal.aborted) return null;
    // Who waits for a server that answers nobody isn't to be the next to try alone.
    if (failure === null || isOfRun(failure)) return size;
    // It was said at once: so is whether it takes fewer.
    if (failure.status === 413) left.unshift(...units);
    return 0;
  }

  /** Resolves with the failure of what it asks for together: then its runs are asked for otherwise. */
  private async ask(units: Asked, signal: AbortSignal, told: Told): Promise<WireFailure | null> {
    try {
      await this.send(units, signal, told);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (isWireFailure(error) && this.isOfDocument(error, units.length)) return error;
      for (const [unit, questions] of units)
        told.set(
          unit,
          questions.map(() => error),
        );
    }
    return null;
  }

  /** Did it fail for what it asks for together? */
  private isOfDocument(error: WireFailure, size: number): boolean {
    if (isOfRun(error)) return true;
    const isRefused = isRefusal(error) || isOfGateway(error);
    if (!isRefused && !isTooMuch(error)) return false;
    const isForEver = error.reason === 'schema' || error.status === 400 || error.status === 422;
    // A smaller one that it doesn't answer in time either would take as long again.
    const most = isRefused || error.fault === 'timeout' ? 1 : Math.max(1, Math.floor(size / 2));
    this.context.client.api.limits.sizes.learn(
      'runs',
      most,
      isForEver ? Number.POSITIVE_INFINITY : undefined,
    );
    return true;
  }

  private async send(units: Asked, signal: AbortSignal, told: Told): Promise<void> {
    const { client, sizes } = this.context;
    const runs = units.map(([unit]) => placeOf(unit).run as RunName);
    const names = units.map(([, questions]) => [...new Set(questions.flatMap(({ file }) => file ?? []))]);
    const [{ entity, project: name }] = runs as [RunName];
    const page = sizes.get('page');
    const variables = {
      entity,
      project: name,
      page,
      first: Math.max(1, ...names.map(({ length }) => length)),
      hasNames: names.some(({ length }) => length > 0),
      ...Object.fromEntries(runs.map(({ run }, index) => [numbered('run', index), run])),
      ...Object.fromEntries(names.map((each, index) => [numbered('names', index), each])),
    };
    const options = this.context.sized(page * units.length, signal);
    const document = repeated(LookUpRunsDocument, 'run', ['run', 'names'], units.length);
    const { project } = await client.run(document, variables, options);
    const above = project && [
      directoryEntry(pathOf(entity), project.entity),
      directoryEntry(pathOf(entity, name), project),
    ];
    const answers: Readonly<Record<string, unknown>> = { ...project };
    for (const [index, [unit, questions]] of units.entries()) {
      const found = answers[numbered('run', index)] as Run | null | undefined;
      const outcomes = found
        ? this.outcomesOfRun(unit, found, above ?? [], questions)
        : questions.map(() => ({ ...NOTHING, ancestors: above ?? [] }));
      if (outcomes) told.set(unit, outcomes);
    }
  }

  /** Null where the first page of its listing doesn't tell what is below a name, or the rows of names go on. */
  private outcomesOfRun(
    unit: TreePath,
    found: Run,
    above: readonly Entry[],
    questions: readonly Question[],
  ): readonly Outcome[] | null {
    const { asked, listing } = found;
    if (asked && (!listing || listing.pageInfo.hasNextPage || asked.pageInfo.hasNextPage)) return null;
    const listed = nodesOf(listing).filter(({ updatedAt }) => typeof updatedAt === 'string');
    const isBelow = (file: string): boolean => listed.some((row) => row.name.startsWith(`${file}/`));
    return this.outcomesOf(this.context, { unit, above, found, named: nodesOf(asked) }, questions, isBelow);
  }
}

/** A server may fail for one run that isn't there, or isn't shown, rather than answer null. */
const isOfRun = ({ fault, code }: WireFailure): boolean => fault === 'graphql' && code !== 'EIO';

/** A firewall before the server answers what it doesn't like with a page of its own. */
const isOfGateway = ({ fault, status }: WireFailure): boolean =>
  fault === 'protocol' && (status === 400 || status === 422);
