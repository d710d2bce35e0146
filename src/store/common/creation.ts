import { Failure, isFailure } from '../../contract/failure.js';
import type { WireClient } from '../../wire/api/client.js';
import { CreateRunDocument, type CreateRunMutation } from '../../wire/generated.js';
import { isRetryable } from '../../wire/retry.js';
import type { WireFailure } from '../../wire/wire-failure.js';
import { Attempts } from './attempts.js';

interface NewRun {
  readonly entity: string;
  readonly project: string;
  readonly run: string;
  readonly jobType?: string | undefined;
  /** The machine that the run is said to run on. */
  readonly host?: string | undefined;
  /** Its name was drawn by chance: if there is one, the request came twice, and it is this one. @default false */
  readonly isOwnName?: boolean | undefined;
}

const MOST_CONFLICTS = 3;

/**
 * Makes a run that has ended already: no process will report its end, and without one the service would show it as
 * crashed. Rejects with EEXIST if there is such a run.
 */
export async function createRun(
  client: WireClient,
  { isOwnName = false, ...run }: NewRun,
  signal: AbortSignal | undefined,
): Promise<NonNullable<NonNullable<CreateRunMutation['upsertBucket']>['bucket']>> {
  const attempts = new Attempts();
  const answer = await client.run(CreateRunDocument, run, {
    signal,
    onRetry: attempts.onRetry,
    // The service settles concurrent creations by 409; a name that was deleted stays taken (protocol section 2.2).
    isRetryable: (failure, retries) =>
      isRetryable(failure) || (failure.status === 409 && !isDeletedName(failure) && retries < MOST_CONFLICTS),
  });
  const made = answer.upsertBucket;
  if (!made?.bucket) throw new Failure('EPROTO', "The server didn't answer with the run.");
  if (made.inserted === false && !attempts.isAgain && !isOwnName) throw new Failure('EEXIST');
  await complete(client, run, signal);
  return made.bucket;
}

async function complete(
  client: WireClient,
  { entity, project, run }: NewRun,
  signal: AbortSignal | undefined,
): Promise<void> {
  const address = [entity, project, run].map(encodeURIComponent).join('/');
  try {
    await client.post(`/files/${address}/file_stream`, { complete: true, exitcode: 0 }, { signal });
  } catch (error) {
    if (!isFailure(error)) throw error;
    // The run is there, and that is what was asked for.
    const reason = error.cause ?? error.detail ?? error.code;
    const name = `${entity}/${project}/${run}`;
    client.api.warnings.once(name, `The run ${name} was made but not marked as finished (${reason}).`);
  }
}

const isDeletedName = ({ reason }: WireFailure): boolean => reason === 'deleted name';

/** What a refused creation of a run or project means for `mkdir`. */
export function refusedName(failure: WireFailure): Failure {
  const { cause } = failure;
  const said = cause?.replace(/^HTTP \d+: /, '') ?? null;
  if (isDeletedName(failure)) return new Failure('EEXIST', said, cause);
  if (failure.status === 400 || failure.status === 422) return new Failure('EINVAL', said, cause);
  return failure;
}
