/**
 * Stands for what hooks make before tests, and may make anew for each, so that a test file can name it once.
 *
 * @param current what there is now; null before the first
 */
export const begun = <T extends object>(current: () => T | null): T =>
  new Proxy({} as T, {
    get(_, name) {
      const made = current();
      if (made === null)
        throw new Error(`'${String(name)}' is asked for before the hook that makes it has run.`);
      return Reflect.get(made, name);
    },
  });
