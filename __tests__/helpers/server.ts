import {
  ARTIFACT_FEATURES,
  type FakeWandb,
  type FakeWandbOptions,
  type Finalize,
  RUN_FEATURES,
  startFakeWandb,
} from 'wandb-fs/testing';
import { begun } from './begun.js';

/**
 * The server as it is without variations. Tests that count requests start with it; whatever they say wins over the
 * environment.
 */
export const STANDARD = {
  finalize: 'put',
  limits: { page: 1000, names: 1000, ids: 1000, files: 1000, artifactFiles: 2000 },
  features: [...RUN_FEATURES, ...ARTIFACT_FEATURES],
} as const satisfies FakeWandbOptions;

/**
 * Continuous integration runs what starts one again against other servers, told by the environment:
 * `WANDB_FS_TEST_LIMITS=tenth`, `WANDB_FS_TEST_FINALIZE=put|mark|delay`, `WANDB_FS_TEST_FEATURES=none` (a server that
 * has neither MARK_RUN_FILES_UPLOADED nor what newer ones have of artifacts).
 */
export function variation(environment: NodeJS.ProcessEnv = process.env): FakeWandbOptions {
  return {
    finalize: choose<Finalize>(environment, 'WANDB_FS_TEST_FINALIZE', {
      put: 'put',
      mark: 'mark',
      delay: { delayMs: 100 },
    }),
    limits: choose(environment, 'WANDB_FS_TEST_LIMITS', {
      tenth: { page: 100, names: 100, ids: 100, files: 100, artifactFiles: 200 },
    }),
    features: choose(environment, 'WANDB_FS_TEST_FEATURES', {
      none: RUN_FEATURES.filter((feature) => feature !== 'MARK_RUN_FILES_UPLOADED'),
    }),
  };
}

function choose<T>(
  environment: NodeJS.ProcessEnv,
  name: string,
  choices: Readonly<Record<string, T>>,
): T | undefined {
  const value = environment[name];
  if (!value) return undefined;
  const choice = choices[value];
  if (choice === undefined)
    throw new Error(`${name} is '${value}'; it can be ${Object.keys(choices).join(', ')}.`);
  return choice;
}

const running: FakeWandb[] = [];
/** Those that a test has started, rather than the file or a `describe` for its tests. */
const ofTest: FakeWandb[] = [];
/** Those of a `describe` that is over: they are closed before the next one starts, so that it takes their thread. */
const ended: FakeWandb[] = [];
let isInTest = false;

const closeAll = (servers: FakeWandb[]) => Promise.all(servers.splice(0).map((server) => server.close()));

// Not behind the test itself: its own hooks come later than this one would, and may still need its server.
beforeEach(async () => {
  isInTest = true;
  await closeAll(ofTest);
});

afterEach(() => {
  isInTest = false;
});

afterAll(async () => {
  await Promise.all([ofTest, ended, running].map(closeAll));
});

/**
 * Starts a local W&B server of the variation that is being tested. It is closed behind the test that started it, so that
 * the next one takes its thread; where no test did, behind the file's last one.
 */
export async function startServer(overrides: FakeWandbOptions = {}): Promise<FakeWandb> {
  await closeAll(ended);
  const { limits, ...rest } = variation();
  const server = await startFakeWandb({ ...rest, ...overrides, limits: { ...limits, ...overrides.limits } });
  (isInTest ? ofTest : running).push(server);
  return server;
}

/**
 * A server for all tests of a file, or of the `describe` that this is called in. It is started before them; until then nothing
 * may be asked of it.
 */
export function useServer(options: FakeWandbOptions = {}): FakeWandb {
  let server: FakeWandb | null = null;
  beforeAll(async () => {
    server = await startServer(options);
  });
  afterAll(() => {
    const at = server ? running.indexOf(server) : -1;
    if (at >= 0) ended.push(...running.splice(at, 1));
  });
  return begun(() => server);
}
