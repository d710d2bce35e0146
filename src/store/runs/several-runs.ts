import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { Lookup } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import { pathOf, type TreePath } from '../../contract/tree-path.js';
import { isRefusal, isTooMuch } from '../../wire/api/batching.js';
import { LookUpRunsDocument, type LookUpRunsQuery } from '../../wire/generated.js';
import { isWireFailure } from '../../wire/wire-failure.js';
import { directoryEntry } from '../common/rows.js';
import { NOTHING, type Outcome } from '../common/turn-batch.js';
import { repeated } from './repeated.js';
import { numbered, placeOf, type RunName, type RunsContext } from './tree.js';

/** Runs of which one document asks for the first page: half a server's work is waiting, and ten pages are a few MB. */
const MOST_RUNS = 10;
/** A server that was only busy, or stumbled over one run, isn't asked for one at a time for ever. */
const REMEMBERED_MS = 10 * 60_000;

type Run = NonNullable<NonNullable<LookUpRunsQuery['project']>['run']>;

/**
 * Looks at runs of one project of which nothing but their listing is asked, several in one document. A server that doesn't
 * take that is asked for it once: the first such document goes alone.
 */
export class SeveralRuns {
  private most = MOST_RUNS;
  /** Until when the server is asked for fewer than it could be. */
  private until = Number.POSITIVE_INFINITY;
  private isTried = false;
  private trial: Promise<void> | null = null;

  constructor(private readonly context: RunsContext) {}

  /** What isn't in the answer is to be asked for singly. */
  async lookUp(units: readonly TreePath[], signal: AbortSignal): Promise<ReadonlyMap<TreePath, Outcome>> {
    const told = new Map<TreePath, Outcome>();
    const left = [...units];
    while (!this.isTried && left.length > 1) {
      if (this.trial) await this.trial;
      else await this.tryFirst(left.splice(0, this.size), signal, told);
    }
    const documents: Promise<void>[] = [];
    while (this.size > 1 && left.length > 1) {
      documents.push(this.ask(left.splice(0, this.size), signal, told));
    }
    await Promise.all(documents);
    return told;
  }

  private get size(): number {
    if (this.context.client.api.clock.now() >= this.until) {
      this.most = MOST_RUNS;
      this.until = Number.POSITIVE_INFINITY;
    }
    return this.most;
  }

  private async tryFirst(
    units: readonly TreePath[],
    signal: AbortSignal,
    told: Map<TreePath, Outcome>,
  ): Promise<void> {
    this.trial = this.ask(units, signal, told);
    try {
      await this.trial;
    } finally {
      this.trial = null;
      // Whatever came of it: who waits for it isn't to be the next to try alone.
      this.isTried = true;
    }
  }

  private async ask(
    units: readonly TreePath[],
    signal: AbortSignal,
    told: Map<TreePath, Outcome>,
  ): Promise<void> {
    try {
      const lookups = await this.send(units, signal);
      units.forEach((unit, index) => void told.set(unit, lookups[index] ?? NOTHING));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (!this.isOfDocument(error, units.length)) for (const unit of units) told.set(unit, error);
    }
  }

  /** Did it fail for what it asks for together? Then its runs are asked for singly. */
  private isOfDocument(error: Failure, size: number): boolean {
    if (!isWireFailure(error)) return false;
    const isOfRun = error.fault === 'graphql' && error.code !== 'EIO';
    if (!isOfRun && !isRefusal(error) && !isTooMuch(error)) return false;
    const isForEver = error.reason === 'schema' || error.status === 400 || error.status === 422;
    if (!isOfRun) {
      this.most = isRefusal(error) ? 1 : Math.max(1, Math.floor(size / 2));
      this.until = isForEver ? Number.POSITIVE_INFINITY : this.context.client.api.clock.now() + REMEMBERED_MS;
    }
    return true;
  }

  private async send(units: readonly TreePath[], signal: AbortSignal): Promise<readonly Lookup[]> {
    const { client, sizes } = this.context;
    const runs = units.map((unit) => placeOf(unit).run as RunName);
    const [{ entity, project: name }] = runs as [RunName];
    const page = sizes.get('page');
    const variables = {
      entity,
      project: name,
      page,
      ...Object.fromEntries(runs.map(({ run }, index) => [numbered('run', index), run])),
    };
    const options = this.context.sized(page * units.length, signal);
    const { project } = await client.run(documentFor(units.length), variables, options);
    if (!project) return units.map(() => NOTHING);
    const ancestors = [
      directoryEntry(pathOf(entity), project.entity),
      directoryEntry(pathOf(entity, name), project),
    ];
    const answers: Readonly<Record<string, unknown>> = { ...project };
    return units.map((unit, index): Lookup => {
      const found = answers[numbered('run', index)] as Run | null;
      if (!found) return { ...NOTHING, ancestors };
      this.context.learnProject(unit, found.projectId);
      const listing = found.listing ? this.context.listingOf(unit, found.listing) : null;
      return { found: directoryEntry(unit, found), ancestors, listing };
    });
  }
}

type Document = TypedDocumentNode<LookUpRunsQuery, Record<string, unknown>>;

/** Each kept, for what is known of a document goes by its identity. */
const documents = new Map<number, Document>();

function documentFor(runs: number): Document {
  const known = documents.get(runs);
  if (known) return known;
  const document = repeated(LookUpRunsDocument, 'run', 'run', runs) as Document;
  documents.set(runs, document);
  return document;
}
