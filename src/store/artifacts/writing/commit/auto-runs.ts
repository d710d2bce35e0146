import { hostname } from 'node:os';
import type { WireClient } from '../../../../wire/api/client.js';
import { unlessAborted } from '../../../../wire/retry.js';
import { createRun, endRun } from '../../../common/changes.js';
import type { CollectionName } from '../../places.js';
import { step } from '../failures.js';
import { randomId } from './artifact.js';

const RUN_ID_CHARACTERS = 8;

interface AutoRun {
  readonly name: string;
  /** Resolves when the server was told, or can't be told, that it has ended. */
  readonly ended: Promise<void>;
}

/**
 * The runs that log versions for which the user names none: of job type `auto`, as the SDK's `artifact.save()` makes
 * one. Each project gets one with its first version; all later versions of this store are logged by it too.
 */
export class AutoRuns {
  private readonly runs = new Map<string, Promise<AutoRun>>();

  constructor(private readonly client: WireClient) {}

  /** The id of the project's run. */
  async of(place: CollectionName, signal: AbortSignal | undefined): Promise<string> {
    const key = keyOf(place);
    let run = this.runs.get(key);
    if (!run) {
      run = this.make(place);
      this.runs.set(key, run);
      // Tried again with the next version.
      run.catch(() => this.runs.delete(key));
    }
    return (await unlessAborted(run, signal)).name;
  }

  /** Waits for the end of the project's run, if there is one, which goes beside what it logs. */
  async ended(place: CollectionName): Promise<void> {
    // What one can't be made for is told to whom it was to log a version.
    await this.runs.get(keyOf(place))?.then(
      ({ ended }) => ended,
      () => {},
    );
  }

  has(place: CollectionName): boolean {
    return this.runs.has(keyOf(place));
  }

  /** To be called when the server doesn't know the run any more: the next version gets another one. */
  forget(place: CollectionName): void {
    this.runs.delete(keyOf(place));
  }

  /** Others may come to wait for it: no single caller's signal ends it. */
  private async make({ entity, project }: CollectionName): Promise<AutoRun> {
    const run = {
      ...{ entity, project, run: randomId(RUN_ID_CHARACTERS), isOwnName: true },
      ...{ jobType: 'auto', host: hostname() },
    };
    const made = await step('Making a run that logs the version failed', () =>
      createRun(this.client, run, undefined),
    );
    return { name: made.name, ended: endRun(this.client, run, undefined) };
  }
}

const keyOf = ({ entity, project }: CollectionName): string => `${entity}/${project}`;
