import {
  ARTIFACT_FEATURES,
  type FakeWandb,
  type FakeWandbOptions,
  type Finalize,
  RUN_FEATURES,
  startFakeWandb,
} from 'wandb-fs/testing';

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
 * Continuous integration runs the whole suite again against other servers, told by the environment:
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

afterAll(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

/** Starts a local W&B server of the variation that is being tested; it is closed behind the file's last test. */
export async function startServer(overrides: FakeWandbOptions = {}): Promise<FakeWandb> {
  const { limits, ...rest } = variation();
  const server = await startFakeWandb({ ...rest, ...overrides, limits: { ...limits, ...overrides.limits } });
  running.push(server);
  return server;
}
