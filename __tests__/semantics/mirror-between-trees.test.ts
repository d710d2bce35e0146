import type nodeFs from 'node:fs';
import { memfs } from 'memfs';
import { createWandbArtifactFs, type WandbFs } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { TREE, useDisk } from './helpers/mirror-ends.js';
import { makeRun, mount } from './helpers/mounts.js';
import { requestsOf } from './helpers/requests.js';

const server = useServer(STANDARD);
const { disk, filesIn } = useDisk();
let fs: WandbFs;

beforeEach(() => {
  fs = mount(server);
});

test('a run is mirrored to another, and a file to a file', async () => {
  const run = await makeRun(server, TREE);
  const copy = `${run}-copy`;
  await fs.wandb.mirror(run, copy);
  expect(Object.keys(await server.files(copy)).sort()).toEqual(Object.keys(TREE));
  await fs.wandb.mirror(`${run}/a.txt`, `${copy}/z.txt`);
  expect(await fs.promises.readFile(`${copy}/z.txt`, 'utf8')).toBe('a');
  await expect(fs.wandb.mirror(`${run}/a.txt`, `${copy}/dir`)).rejects.toMatchObject({ code: 'EISDIR' });
  await expect(fs.wandb.mirror(`${run}/dir`, `${copy}/z.txt`)).rejects.toMatchObject({ code: 'ENOTDIR' });
});

test('between runs, versions, drafts and other filesystems', async () => {
  const run = await makeRun(server, TREE);
  const artifacts = createWandbArtifactFs({ baseUrl: server.url, apiKey: server.apiKey });
  const collection = 'team/project/dataset/mirrored';
  await fs.wandb.mirror(run, { fs: artifacts, path: `${collection}/draft` });
  await artifacts.wandb.commit(`${collection}/draft`);
  const volume = memfs().fs as unknown as typeof nodeFs;
  const from = `${collection}/latest`;
  await artifacts.wandb.mirror(from, { fs: volume, path: '/volume' });
  expect(volume.readFileSync('/volume/dir/b c.txt', 'utf8')).toBe('b');
  expect(await artifacts.wandb.mirror(from, { fs: volume, path: '/volume' })).toMatchObject({ same: 4 });
  // A draft takes what a version has without its bytes.
  const requests = await requestsOf(server, () => artifacts.wandb.mirror(from, `${collection}/next`));
  expect(requests.filter(({ side }) => side === 'storage')).toEqual([]);
  await fs.wandb.mirror({ fs: artifacts, path: from }, `${run}-back`);
  expect(Object.keys(await server.files(`${run}-back`)).sort()).toEqual(Object.keys(TREE));
  // Aliases are no directories of their own.
  expect(await artifacts.wandb.mirror(collection, disk())).toMatchObject({ leftOut: ['latest'] });
  expect(Object.keys(filesIn()).filter((name) => name.startsWith('v0/'))).toHaveLength(4);
  await artifacts.wandb.close();
});
