import nodeFs from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createWandbArtifactFs, createWandbFs, type WandbFs } from 'wandb-fs';
import type { FakeWandb } from 'wandb-fs/testing';
import { makeDirectory } from '../../helpers/directories.js';
import { useServer } from '../../helpers/server.js';

export const RUN = 'lab/project/run';
export const COLLECTION = '/lab/project/dataset/words';
export const VERSION = `${COLLECTION}/v0`;

/** A run with files, another one that has none, and a version, in the trees that show them. */
async function makeTrees(server: FakeWandb): Promise<{ readonly fs: WandbFs; readonly artifacts: WandbFs }> {
  await server.seed({ [RUN]: { file: 'hello', 'dir/inner': 'x' }, 'lab/project/other': {} });
  const options = { baseUrl: server.url, apiKey: server.apiKey };
  const artifacts = createWandbArtifactFs(options);
  artifacts.mkdirSync(`${COLLECTION}/draft`, { recursive: true });
  artifacts.writeFileSync(`${COLLECTION}/draft/a.txt`, 'a');
  await artifacts.wandb.commit(`${COLLECTION}/draft`);
  return { fs: createWandbFs(options), artifacts };
}

/** A directory of the disk with the run's file in it. */
async function makeDisk(): Promise<string> {
  const disk = await makeDirectory();
  nodeFs.writeFileSync(join(disk, 'file'), 'hello');
  return disk;
}

interface Trees {
  readonly server: FakeWandb;
  readonly fs: WandbFs;
  readonly artifacts: WandbFs;
  /** A directory of each test's own. */
  readonly disk: string;
}

/** The trees for all tests of the `describe` that this is called in, and a disk; they are there in its tests. */
export function useTrees(): Trees {
  const server = useServer();
  let [fs, artifacts, disk]: [WandbFs | null, WandbFs | null, string | null] = [null, null, null];
  beforeAll(async () => {
    ({ fs, artifacts } = await makeTrees(server));
  });
  afterAll(() => Promise.all([fs?.wandb.close(), artifacts?.wandb.close()]));
  beforeEach(async () => {
    disk = await makeDisk();
  });
  const begun = <T>(value: T | null): T => {
    if (value === null) throw new Error('The trees are made before the first test: it has not begun.');
    return value;
  };
  return {
    server,
    get fs() {
      return begun(fs);
    },
    get artifacts() {
      return begun(artifacts);
    },
    get disk() {
      return begun(disk);
    },
  };
}

/** The errnos of a member in all its styles. */
export async function errnosOf(
  on: typeof nodeFs,
  name: string,
  ...args: readonly unknown[]
): Promise<readonly string[]> {
  const calls = [
    async () => Reflect.get(on, `${name}Sync`)(...args),
    async () => promisify(Reflect.get(on, name))(...args),
    ...(name in on.promises ? [async () => Reflect.get(on.promises, name)(...args)] : []),
  ];
  return Promise.all(
    calls.map((call) =>
      call().then(
        () => 'no error',
        ({ code }: NodeJS.ErrnoException) => code ?? 'no errno',
      ),
    ),
  );
}

export const everywhere = (code: string, styles = 3): readonly string[] => Array(styles).fill(code);
