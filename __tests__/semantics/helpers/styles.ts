import type nodeFs from 'node:fs';

export const STYLES = ['sync', 'callback', 'promise'] as const;
export type Style = (typeof STYLES)[number];

type AnyFunction = (...args: unknown[]) => unknown;

function member(owner: object, name: string): AnyFunction {
  const found: unknown = Reflect.get(owner, name);
  if (typeof found !== 'function') throw new TypeError(`${name} is no function`);
  return found as AnyFunction;
}

/** One call in the given style; resolves to its value, rejects with its error. */
export async function call(
  fs: typeof nodeFs,
  style: Style,
  name: string,
  ...args: unknown[]
): Promise<unknown> {
  if (style === 'sync') return member(fs, `${name}Sync`)(...args);
  if (style === 'promise') return member(fs.promises, name)(...args);
  return new Promise((resolve, reject) => {
    member(fs, name)(...args, (error: Error | null, value: unknown) => {
      if (error) reject(error);
      else resolve(value);
    });
  });
}

export type Calls = (name: string, ...args: unknown[]) => Promise<unknown>;

/** The calls of one style. */
export const callsOf =
  (fs: typeof nodeFs, style: Style): Calls =>
  (name, ...args) =>
    call(fs, style, name, ...args);

/** The error that some work fails with; it must fail. */
export async function errorOf(work: () => unknown): Promise<NodeJS.ErrnoException> {
  let value: unknown;
  try {
    value = await work();
  } catch (error) {
    if (error instanceof Error) return error;
    // Under Jest, Node's own errors are of another realm.
    if (typeof error === 'object' && error !== null && 'message' in error) return error as Error;
    throw new TypeError(`threw ${String(error)}, which is no error`);
  }
  throw new Error(`It should have failed, and resolved to ${String(value)}.`);
}

/** The same call in the three styles, all of which must fail: their errors. */
export const errorsOf = (
  fs: typeof nodeFs,
  name: string,
  ...args: unknown[]
): Promise<NodeJS.ErrnoException[]> =>
  Promise.all(STYLES.map((style) => errorOf(() => call(fs, style, name, ...args))));
