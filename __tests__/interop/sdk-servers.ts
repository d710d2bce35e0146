import {
  ARTIFACT_FEATURES,
  type FakeWandb,
  type FakeWandbOptions,
  RUN_FEATURES,
  startFakeWandb,
} from 'wandb-fs/testing';
import { type Sdk, type Step, startSdk } from './sdk.js';

export const PROJECT = 'team/project';
/** The run in which the SDK logs. */
export const RUN = `${PROJECT}/sdk`;

export const SERVER_NAMES = [
  'the usual features',
  'no features, small pages',
  'XXH128, addresses of S3',
] as const;
export type ServerName = (typeof SERVER_NAMES)[number];

export const SERVERS: Readonly<Record<ServerName, FakeWandbOptions>> = {
  'the usual features': {},
  'no features, small pages': { features: [], limits: { page: 7 } },
  'XXH128, addresses of S3': {
    features: [...RUN_FEATURES, ...ARTIFACT_FEATURES, 'ARTIFACT_DIGEST_ALGORITHM'],
    storage: 's3',
  },
};

const organizations = [
  { name: 'Acme, Inc.', entity: 'acme-org', teams: ['team'], protectedAliases: ['production'] },
];

export interface SdkServer {
  readonly wandb: FakeWandb;
  sdk(...steps: Step[]): Promise<unknown[]>;
}

/** A server with such options and contents, and the SDK over it. */
export function useSdk(options: FakeWandbOptions, seed: Parameters<FakeWandb['seed']>[0]): SdkServer {
  let wandb: FakeWandb;
  let python: Sdk;
  beforeAll(async () => {
    wandb = await startFakeWandb({ viewer: { entity: 'team' }, organizations, ...options });
    await wandb.seed(seed);
    python = await startSdk(wandb);
  });
  afterAll(async () => {
    await python.close();
    await wandb.close();
  });

  return {
    get wandb() {
      return wandb;
    },
    sdk: (...steps) => python.run(...steps),
  };
}
