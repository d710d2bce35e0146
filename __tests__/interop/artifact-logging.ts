import {
  ARTIFACT_FEATURES,
  type FakeWandb,
  type FakeWandbOptions,
  RUN_FEATURES,
  startFakeWandb,
} from 'wandb-fs/testing';
import { filesOf, type Sdk, type Step, startSdk } from './sdk.js';

export const PROJECT = 'team/project';
export const RUN = `${PROJECT}/run-1`;

export const CONTENT = filesOf({
  'a.txt': 'hello',
  'dir/b.txt': 'world',
  'dir/deep/er/ünï cödé #1 100% a+b?.txt': 'awkward',
  'empty.bin': '',
});

const organizations = [
  { name: 'Acme, Inc.', entity: 'acme-org', teams: ['team'], protectedAliases: ['production'] },
];

export const KINDS: readonly (readonly [string, FakeWandbOptions])[] = [
  ['the usual features', {}],
  ['no features, small pages', { features: [], limits: { page: 7 } }],
  [
    'XXH128, addresses of S3',
    { features: [...RUN_FEATURES, ...ARTIFACT_FEATURES, 'ARTIFACT_DIGEST_ALGORITHM'], storage: 's3' },
  ],
];

export interface Version {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly digest: string;
}

interface Logging {
  readonly wandb: FakeWandb;
  sdk(...steps: Step[]): Promise<unknown[]>;
}

/** A server of such a kind, and the SDK over it. */
export function useLogging(options: FakeWandbOptions): Logging {
  let wandb: FakeWandb;
  let python: Sdk;
  beforeAll(async () => {
    wandb = await startFakeWandb({ viewer: { entity: 'team' }, organizations, ...options });
    await wandb.seed({ [PROJECT]: {}, 'acme-org/wandb-registry-model': {} });
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
