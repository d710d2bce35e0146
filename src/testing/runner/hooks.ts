import { createRequire } from 'node:module';

type Hook = (run: () => void | Promise<void>) => unknown;

/** Where a test runner takes what is to happen around the tests of a file, or of a `describe`. */
export interface TestHooks {
  readonly beforeAll: Hook;
  readonly beforeEach: Hook;
  readonly afterEach: Hook;
  readonly afterAll: Hook;
}

/** What of it a runner has, under one of the two names that are in use. */
interface AnyHooks extends Partial<TestHooks> {
  readonly before?: Hook;
  readonly after?: Hook;
}

/** What jest-circus has of a test file, whether or not it has put its hooks into the global object. */
const JEST_HANDLERS = Symbol.for('EVENT_HANDLERS');

type TestRealm = typeof globalThis &
  AnyHooks & {
    /** Vitest's own module, for its `import.meta.vitest`: there without `globals`, too. */
    readonly __vitest_index__?: AnyHooks;
    readonly [JEST_HANDLERS]?: unknown;
  };

/**
 * The hooks of the runner that runs this file: those given, Vitest's, those in the global object (Jest, Mocha), Jest's without
 * `injectGlobals`; where there are none, those of `node:test`.
 *
 * @throws TypeError for hooks that aren't all there
 */
export function hooksOfRunner(given: TestHooks | undefined, realm: TestRealm = globalThis): TestHooks {
  const found = given ?? complete(realm.__vitest_index__) ?? complete(realm);
  const hooks = complete(
    found ?? required(realm[JEST_HANDLERS] === undefined ? 'node:test' : '@jest/globals'),
  );
  if (hooks) return hooks;
  throw new TypeError(
    'Give the functions of the test runner as `hooks: { beforeAll, beforeEach, afterEach, afterAll }`.',
  );
}

const required = (name: string): AnyHooks => createRequire(import.meta.url)(name);

function complete({
  before,
  beforeAll = before,
  beforeEach,
  afterEach,
  after,
  afterAll = after,
}: AnyHooks = {}): TestHooks | null {
  return beforeAll && beforeEach && afterEach && afterAll
    ? { beforeAll, beforeEach, afterEach, afterAll }
    : null;
}
