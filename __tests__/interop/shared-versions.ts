import { createWandbArtifactFs, type WandbFs } from 'wandb-fs';
import type { Files, Step } from './sdk.js';
import { PROJECT, RUN, type SdkServer, SERVERS, type ServerName, useSdk } from './sdk-servers.js';
import { writeTree } from './trees.js';

export interface SdkVersion {
  readonly id: string;
  readonly version: string;
  readonly aliases: readonly string[];
  readonly digest: string;
  readonly fileCount: number;
}

type DigestAlgorithm = 'MD5' | 'XXH128';

/** With so many files: pages, digests and addresses show with a tenth of what somebody's data set has. */
export const SHARING: readonly (readonly [ServerName, DigestAlgorithm, number])[] = [
  ['the usual features', 'MD5', 1000],
  ['no features, small pages', 'MD5', 100],
  ['XXH128, addresses of S3', 'XXH128', 100],
];

interface Shared extends SdkServer {
  /** A new one for each test. */
  readonly fs: WandbFs;
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

/** A server of that name, and both the SDK and the filesystem over it. */
export function useShared(name: ServerName, digestAlgorithm: DigestAlgorithm): Shared {
  const server = useSdk(SERVERS[name], { [PROJECT]: {}, 'acme-org/wandb-registry-data': {} });
  let fs: WandbFs;
  beforeEach(() => {
    fs = createWandbArtifactFs({ baseUrl: server.wandb.url, apiKey: server.wandb.apiKey });
  });
  afterEach(() => fs.wandb.close());

  const pathOf = (name: string): string => `/${PROJECT}/dataset/${name}`;
  return {
    get wandb() {
      return server.wandb;
    },
    get fs() {
      return fs;
    },
    sdk: server.sdk,
    log: (name, files, more = {}) => ({ do: 'logArtifact', run: RUN, name, files, digestAlgorithm, ...more }),
    pathOf,
    commit: async (name, files, more = {}) => {
      await writeTree(fs, `${pathOf(name)}/draft`, files);
      return fs.wandb.commit(`${pathOf(name)}/draft`, { digestAlgorithm, ...more });
    },
  };
}
