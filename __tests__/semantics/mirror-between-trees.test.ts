import nodeFs, { symlinkSync } from 'node:fs';
import { memfs } from 'memfs';
import { createWandbArtifactFs, type WandbFs } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { filesOfRun, TREE, useDisk } from './helpers/mirrored.js';
import { makeRun, mount } from './helpers/mounts.js';
import { requestsOf } from './helpers/requests.js';

const server = useServer(STANDARD);
const { at, disk, write, filesIn } = useDisk();
let fs: WandbFs;
let run: string;

beforeEach(async () => {
  fs = mount(server);
  run = await makeRun(server);
});

test('a run is mirrored to another, and a file to a file', async () => {
  run = await makeRun(server, TREE);
  const copy = `${run}-copy`;
  await fs.wandb.mirror(run, copy);
  expect(Object.keys(await server.files(copy)).sort()).toEqual(Object.keys(TREE));
  await fs.wandb.mirror(`${run}/a.txt`, `${copy}/z.txt`);
  expect(await fs.promises.readFile(`${copy}/z.txt`, 'utf8')).toBe('a');
  await expect(fs.wandb.mirror(`${run}/a.txt`, `${copy}/dir`)).rejects.toMatchObject({ code: 'EISDIR' });
  await expect(fs.wandb.mirror(`${run}/dir`, `${copy}/z.txt`)).rejects.toMatchObject({ code: 'ENOTDIR' });
});

test('what a link on the disk leads to is copied; one to a directory around it, or to nothing, is told', async () => {
  write({ 'from/dir/a.txt': 'a' });
  symlinkSync('dir', at('from/same'));
  symlinkSync('dir/a.txt', at('from/file'));
  await fs.wandb.mirror(disk('from'), run);
  expect(await filesOfRun(server, run)).toEqual({ 'dir/a.txt': 'a', file: 'a', 'same/a.txt': 'a' });
  symlinkSync('nothing', at('from/broken'));
  await expect(fs.wandb.mirror(disk('from'), run)).rejects.toMatchObject({
    errors: [{ code: 'ENOENT', path: at('from/broken') }],
  });
  symlinkSync('..', at('from/dir/around'));
  await expect(fs.wandb.mirror(disk('from'), run)).rejects.toMatchObject({ code: 'ELOOP' });
});

test('between runs, versions, drafts and other filesystems', async () => {
  run = await makeRun(server, TREE);
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

test('a file that can not be read is told, and all others are copied', async () => {
  write({ 'a.txt': 'a', 'no.txt': 'n' });
  const reading = { ...nodeFs, open: failing } as unknown as typeof nodeFs;
  await expect(fs.wandb.mirror({ fs: reading, path: at('') }, run)).rejects.toMatchObject({
    code: 'EACCES',
    errors: [{ code: 'EACCES', path: at('no.txt') }],
  });
  expect(await filesOfRun(server, run)).toEqual({ 'a.txt': 'a' });

  function failing(path: string, ...rest: unknown[]): void {
    const error = Object.assign(new Error('EACCES: permission denied'), {
      code: 'EACCES',
      syscall: 'open',
      path,
    });
    const callback = rest.at(-1) as (error: Error) => void;
    if (path.endsWith('no.txt')) callback(error);
    else Reflect.apply(nodeFs.open, nodeFs, [path, ...rest]);
  }
});
