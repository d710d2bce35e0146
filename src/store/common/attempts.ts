import { isFailure } from '../../contract/failure.js';

/** Remembers whether a change was sent more than once: then a first attempt may have made what the second one found. */
export class Attempts {
  isAgain = false;
  readonly onRetry = (): void => {
    this.isAgain = true;
  };
}

/** A deletion that was sent again and finds nothing had its effect the first time. */
export async function onceOrGone<T>(request: (onRetry: () => void) => Promise<T>): Promise<T | null> {
  const attempts = new Attempts();
  try {
    return await request(attempts.onRetry);
  } catch (error) {
    if (attempts.isAgain && isFailure(error) && error.code === 'ENOENT') return null;
    throw error;
  }
}
