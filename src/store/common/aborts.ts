import { Failure } from '../../contract/failure.js';

export { unlessAborted } from '../../wire/retry.js';

export function assertNotAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Failure('ECANCELED');
}
