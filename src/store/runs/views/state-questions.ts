import { Failure } from '../../../contract/failure.js';
import { isRefusal } from '../../../wire/api/batching.js';
import type { Document } from '../../../wire/api/graphql.js';
import {
  RunViewsDocument,
  type RunViewsQuery,
  RunViewsWithParquetDocument,
  type RunViewsWithParquetQuery,
  type ViewedRunFragment,
} from '../../../wire/generated.js';
import { isWireFailure, type WireFailure } from '../../../wire/wire-failure.js';
import { isSchemaRefusal } from '../../common/context.js';
import { repeated } from '../repeated.js';
import { numbered, type RunName, type RunsContext } from '../tree.js';

export interface RunState {
  readonly run: ViewedRunFragment;
  /** Signed addresses of the Parquet files, in their order. */
  readonly parquet: readonly string[];
}

/** Asks what runs of one project are like, several in one document as far as the server takes it. */
export class StateQuestions {
  /** The server knows of Parquet files. */
  private hasParquet = true;

  constructor(private readonly context: RunsContext) {}

  /** Of each run, in order: null where it isn't there; a failure that is its own. */
  ask(runs: readonly RunName[], signal: AbortSignal): Promise<readonly (RunState | null | WireFailure)[]> {
    return this.context.sizes.each('views', runs, (batch) => this.askBatch(batch, signal));
  }

  private async askBatch(
    runs: readonly RunName[],
    signal: AbortSignal,
  ): Promise<readonly (RunState | null)[]> {
    try {
      const told = this.hasParquet ? await this.askWithParquet(runs, signal) : null;
      return told ?? (await this.send(RunViewsDocument, runs, signal));
    } catch (error) {
      if (isWireFailure(error) && isSchemaRefusal(error))
        throw new Failure(
          'ENOTSUP',
          "The server doesn't tell what views are made of: leave out the option `views`.",
          error.cause ?? error.detail,
        );
      if (!(error instanceof Failure) || error.code !== 'ENOENT') throw error;
      // Some servers fail for a run that isn't there.
      if (runs.length === 1) return [null];
      return (await Promise.all(runs.map((run) => this.askBatch([run], signal)))).flat();
    }
  }

  /** Null where the server knows of none: the runs and their files are to be had all the same, as where it refuses to tell. */
  private async askWithParquet(
    runs: readonly RunName[],
    signal: AbortSignal,
  ): Promise<readonly (RunState | null)[] | null> {
    const { warnings } = this.context.client.api;
    try {
      return await this.send(RunViewsWithParquetDocument, runs, signal);
    } catch (error) {
      // To whom it is forbidden the rest may be told.
      const isForbidden = isWireFailure(error) && error.code === 'EACCES';
      if (!isForbidden && !(isWireFailure(error) && isRefusal(error))) throw error;
      if (isSchemaRefusal(error)) {
        this.hasParquet = false;
        warnings.debug(() => 'the server knows of no Parquet files of histories: done without');
        return null;
      }
      // Fewer of them may do.
      if (runs.length > 1 && !isForbidden) throw error;
      const told = await this.send(RunViewsDocument, runs, signal);
      const why = error.cause ?? error.detail ?? error.code;
      const message = `The server doesn't tell of the Parquet files of histories, so .wandb has none: ${why}`;
      warnings.once('parquet', message);
      return told;
    }
  }

  private async send(
    document: Document<RunViewsQuery | RunViewsWithParquetQuery, never>,
    runs: readonly RunName[],
    signal: AbortSignal,
  ): Promise<readonly (RunState | null)[]> {
    const [{ entity, project: name }] = runs as readonly [RunName];
    const numberedRuns = Object.fromEntries(runs.map(({ run }, index) => [numbered('run', index), run]));
    const { project } = await this.context.client.run(
      repeated(document, 'run', ['run'], runs.length),
      { entity, project: name, ...numberedRuns },
      this.context.sized(runs.length, signal),
    );
    const answers: Readonly<Record<string, unknown>> = { ...project };
    return runs.map((_, index) => {
      const run = answers[numbered('run', index)] as Answer | null | undefined;
      return run ? { run, parquet: run.parquetHistory?.parquetUrls ?? [] } : null;
    });
  }
}

type Answer = ViewedRunFragment &
  Partial<Pick<NonNullable<NonNullable<RunViewsWithParquetQuery['project']>['run']>, 'parquetHistory'>>;
