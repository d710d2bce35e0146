import { join } from 'node:path';
import { createWandbArtifactFs, type WandbFs } from 'wandb-fs';
import type { FakeWandb } from 'wandb-fs/testing';
import { startServer } from '../helpers/server.js';
import { contentsOf, treeOf } from './helpers/outcomes.js';
import type { Fs } from './helpers/program.js';
import { compareWithDisk, type Place, START, textsOf, top, WANTED } from './helpers/programs.js';

let server: FakeWandb;
/** Nothing is done in it, so it has seen no version before it is asked for one. */
let reader: WandbFs;
beforeAll(async () => {
  server = await startServer();
  reader = createWandbArtifactFs({ baseUrl: server.url, apiKey: server.apiKey });
});
afterAll(() => reader.wandb.close());

/** A draft whose files were copied from a version, so that what isn't written stays the server's. */
async function makeDraft(serial: string): Promise<Place> {
  const collection = `team/project/dataset/c${serial}`;
  await server.seedArtifacts({ [collection]: { versions: [{ files: START }] } });
  const options = { baseUrl: server.url, apiKey: server.apiKey, root: collection };
  const mountPoint = join(top, `w${serial}`);
  const fs = createWandbArtifactFs({ ...options, mountPoint });
  const base = `${mountPoint}/draft`;
  for (const name of Object.keys(START)) {
    await fs.promises.mkdir(join(base, name, '..'), { recursive: true });
    await fs.promises.copyFile(join(mountPoint, 'v0', name), join(base, name));
    await fs.promises.chmod(join(base, name), 0o644);
  }
  return {
    fs,
    base,
    check: async (files) => {
      if (Object.keys(files).length === 0) return;
      const { version } = await fs.wandb.commit(base);
      const name = `team/project/c${serial}:${version}`;
      expect(textsOf(await server.artifactFiles(name))).toEqual(files);
      const read = treeOf(reader as Fs, `/${collection}/${version}`);
      expect(contentsOf(read)).toEqual(files);
    },
  };
}

test('random programs do to a draft what they do to a disk, and its version is what they left', async () => {
  await compareWithDisk(makeDraft, WANTED / 2);
}, 3_600_000);
