import { createWandbArtifactFs, type WandbFs } from 'wandb-fs';
import {
  ARTIFACT_FEATURES,
  type FakeWandb,
  type FakeWandbOptions,
  RUN_FEATURES,
  startFakeWandb,
} from 'wandb-fs/testing';
import { type Files, type Sdk, type Step, startSdk } from './sdk.js';
import { writeTree } from './trees.js';

export const PROJECT = 'team/project';
export const RUN = `${PROJECT}/sdk`;

export interface SdkVersion {
  readonly id: string;
  readonly version: string;
  readonly aliases: readonly string[];
  readonly digest: string;
  readonly fileCount: number;
}

type DigestAlgorithm = 'MD5' | 'XXH128';

/** With so many files: pages, digests and addresses show with a tenth of what somebody's data set has. */
export const KINDS: readonly (readonly [string, DigestAlgorithm, number, FakeWandbOptions])[] = [
  ['the usual features', 'MD5', 1000, {}],
  ['no features, small pages', 'MD5', 100, { features: [], limits: { page: 7 } }],
  [
    'XXH128, addresses of S3',
    'XXH128',
    100,
    { features: [...RUN_FEATURES, ...ARTIFACT_FEATURES, 'ARTIFACT_DIGEST_ALGORITHM'], storage: 's3' },
  ],
];

interface Shared {
  readonly wandb: FakeWandb;
  /** A new one for each test. */
  readonly fs: WandbFs;
  sdk(...steps: Step[]): Promise<unknown[]>;
  /** What has the SDK log a version. */
  log(name: string, files: Files, more?: object): Step;
  pathOf(name: string): string;
  /** Has the filesystem make a version. */
  commit(
    name: string,
    files: Files,
    more?: Parameters<WandbFs['wandb']['commit']>[1],
  ): ReturnType<WandbFs['wandb']['commit']>;
}

/** A server of such a kind, and both the SDK and the filesystem over it. */
export function useShared(digestAlgorithm: DigestAlgorithm, options: FakeWandbOptions): Shared {
  let wandb: FakeWandb;
  let python: Sdk;
  let fs: WandbFs;
  beforeAll(async () => {
    wandb = await startFakeWandb({
      viewer: { entity: 'team' },
      organizations: [{ name: 'Acme, Inc.', entity: 'acme-org', teams: ['team'] }],
      ...options,
    });
    await wandb.seed({ [PROJECT]: {}, 'acme-org/wandb-registry-data': {} });
    python = await startSdk(wandb);
  });
  afterAll(async () => {
    await python.close();
    await wandb.close();
  });
  beforeEach(() => {
    fs = createWandbArtifactFs({ baseUrl: wandb.url, apiKey: wandb.apiKey });
  });
  afterEach(() => fs.wandb.close());

  const pathOf = (name: string): string => `/${PROJECT}/dataset/${name}`;
  return {
    get wandb() {
      return wandb;
    },
    get fs() {
      return fs;
    },
    sdk: (...steps) => python.run(...steps),
    log: (name, files, more = {}) => ({ do: 'logArtifact', run: RUN, name, files, digestAlgorithm, ...more }),
    pathOf,
    commit: async (name, files, more = {}) => {
      await writeTree(fs, `${pathOf(name)}/draft`, files);
      return fs.wandb.commit(`${pathOf(name)}/draft`, { digestAlgorithm, ...more });
    },
  };
}
