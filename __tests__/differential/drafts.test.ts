import nodeFs from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { createWandbArtifactFs, type WandbFs } from 'wandb-fs';
import type { FakeWandb } from 'wandb-fs/testing';
import { startServer } from '../helpers/server.js';
import { followed } from './helpers/links.js';
import { operationWithLinks } from './helpers/operations.js';
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

/** Links that lead upwards stay in the draft. */
const INSIDE = 'x/y/z';

/** A draft whose files were copied from a version, so that what isn't written stays the server's. */
async function makeDraft(serial: string): Promise<Place> {
  const collection = `team/project/dataset/c${serial}`;
  await server.seedArtifacts({ [collection]: { versions: [{ files: START }] } });
  const options = { baseUrl: server.url, apiKey: server.apiKey, root: collection };
  const mountPoint = join(top, `w${serial}`);
  const fs = createWandbArtifactFs({ ...options, mountPoint });
  const draft = `${mountPoint}/draft`;
  const base = join(draft, INSIDE);
  for (const name of Object.keys(START)) {
    await fs.promises.mkdir(join(base, name, '..'), { recursive: true });
    await fs.promises.copyFile(join(mountPoint, 'v0', name), join(base, name));
    await fs.promises.chmod(join(base, name), 0o644);
  }
  return {
    fs,
    base,
    top: draft,
    check: async (_files, disk) => {
      for (let { broken } = followed(nodeFs, disk.top); broken.length > 0; ) {
        await expect(fs.wandb.commit(draft)).rejects.toMatchObject({
          code: expect.stringMatching(/^(ENOENT|ELOOP|ENOTDIR|ENAMETOOLONG|EXDEV)$/),
          path: draft,
        });
        // Links lead to links: of what is gone on the way others may lead nowhere.
        for (const path of new Set(broken.map((each) => lastLinkOn(each)))) {
          nodeFs.unlinkSync(path);
          fs.unlinkSync(join(draft, relative(disk.top, path)));
        }
        ({ broken } = followed(nodeFs, disk.top));
      }
      const { files } = followed(nodeFs, disk.top);
      if (Object.keys(files).length === 0) return;
      const { version } = await fs.wandb.commit(draft);
      const name = `team/project/c${serial}:${version}`;
      expect(textsOf(await server.artifactFiles(name))).toEqual(files);
      const read = treeOf(reader as Fs, `/${collection}/${version}`);
      expect(contentsOf(read)).toEqual(files);
    },
  };
}

/** Where the last link on a path is: it leads nowhere, or round in a circle. */
function lastLinkOn(path: string): string {
  if (!nodeFs.lstatSync(path).isSymbolicLink()) return lastLinkOn(dirname(path));
  return join(nodeFs.realpathSync(dirname(path)), basename(path));
}

test('random programs do to a draft what they do to a disk, and its version is what they left, links followed', async () => {
  await compareWithDisk(makeDraft, WANTED / 2, operationWithLinks);
}, 3_600_000);
