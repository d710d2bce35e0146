/** Told to the user without a stack: the fix is in the command line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
