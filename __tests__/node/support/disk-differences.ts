import nodeFs from 'node:fs';
import { join } from 'node:path';
import { createWandbArtifactFs, createWandbFs, type WandbFs } from 'wandb-fs';
import type { FakeWandb } from 'wandb-fs/testing';
import { begun } from '../../helpers/begun.js';
import { makeDirectory } from '../../helpers/directories.js';
import { useServer } from '../../helpers/server.js';
import { call, STYLES } from '../../semantics/helpers/styles.js';

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
  let made: Awaited<ReturnType<typeof makeTrees>> | null = null;
  let trees: Trees | null = null;
  beforeAll(async () => {
    made = await makeTrees(server);
  });
  afterAll(() => Promise.all([made?.fs.wandb.close(), made?.artifacts.wandb.close()]));
  beforeEach(async () => {
    trees = made && { server, ...made, disk: await makeDisk() };
  });
  return begun(() => trees);
}

/** The errnos of a member in all its styles. */
export async function errnosOf(
  on: typeof nodeFs,
  name: string,
  ...args: readonly unknown[]
): Promise<readonly string[]> {
  const styles = STYLES.filter((style) => style !== 'promise' || name in on.promises);
  return Promise.all(
    styles.map((style) =>
      call(on, style, name, ...args).then(
        () => 'no error',
        ({ code }: NodeJS.ErrnoException) => code ?? 'no errno',
      ),
    ),
  );
}

export const everywhere = (code: string, styles = 3): readonly string[] => Array(styles).fill(code);
