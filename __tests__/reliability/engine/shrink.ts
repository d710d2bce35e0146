/** What is tried at most, and how often, for other things happen at the same time in another order each time. */
const MOST_TRIES = 120;
const TRIES_EACH = 2;

/** Leaves out steps as long as the rest still fails. */
export async function shrink<Step, Failure>(
  steps: readonly Step[],
  fails: (steps: readonly Step[]) => Promise<Failure | null>,
): Promise<{ readonly steps: readonly Step[]; readonly failure: Failure } | null> {
  let left = MOST_TRIES;
  const attempt = async (candidate: readonly Step[]): Promise<Failure | null> => {
    for (let count = 0; count < TRIES_EACH && left > 0; count++) {
      left--;
      const failure = await fails(candidate);
      if (failure) return failure;
    }
    return null;
  };
  let current = steps;
  let failure = await attempt(current);
  if (!failure) return null;
  for (let size = Math.ceil(current.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < current.length && left > 0; ) {
      const candidate = [...current.slice(0, at), ...current.slice(at + size)];
      const found = candidate.length > 0 ? await attempt(candidate) : null;
      if (found) {
        current = candidate;
        failure = found;
      } else at += size;
    }
  }
  return { steps: current, failure };
}
