import nodeFs from 'node:fs';
import { join } from 'node:path';
import { createWandbArtifactFs, type MountedFs, mountAll, type WandbFs } from 'wandb-fs';
import { makeDirectory } from '../helpers/directories.js';
import { useServer } from '../helpers/server.js';

const COLLECTION = 'team/project/dataset/c';

const server = useServer();
let disk: string;
let tree: WandbFs;
let fs: MountedFs;
let collection: string;
let draft: string;
beforeEach(async () => {
  await server.seedArtifacts({ [COLLECTION]: { versions: [{ files: { 'a.txt': 'of a version' } }] } });
  disk = await makeDirectory();
  tree = createWandbArtifactFs({ baseUrl: server.url, apiKey: server.apiKey });
  fs = mountAll({ [join(disk, 'mnt')]: tree }, nodeFs);
  collection = join(disk, 'mnt', COLLECTION);
  draft = join(collection, 'draft');
  fs.mkdirSync(join(draft, 'sub'), { recursive: true });
  fs.writeFileSync(join(draft, 'a'), 'one');
});
afterEach(() => fs.wandb.close());

test('links in a draft lead where they lead in its own tree, whatever it is mounted at', async () => {
  await fs.promises.symlink('../a', join(draft, 'sub/relative'));
  fs.symlinkSync(join(draft, 'a'), join(draft, 'absolute'));
  fs.symlinkSync('../v0/a.txt', join(draft, 'of-version'));
  fs.linkSync(join(draft, 'a'), join(draft, 'hard'));
  expect(fs.readlinkSync(join(draft, 'absolute'))).toBe(join(draft, 'a'));
  for (const [name, content] of [
    ['sub/relative', 'one'],
    ['absolute', 'one'],
    ['hard', 'one'],
    ['of-version', 'of a version'],
  ] as const) {
    expect(fs.readFileSync(join(draft, name), 'utf8')).toBe(content);
    expect(tree.readFileSync(`/${COLLECTION}/draft/${name}`, 'utf8')).toBe(content);
  }
  expect(fs.realpathSync(join(draft, 'absolute'))).toBe(join(draft, 'a'));
  expect(tree.realpathSync(`/${COLLECTION}/draft/absolute`)).toBe(`/${COLLECTION}/draft/a`);
  expect(fs.lstatSync(join(draft, 'absolute')).isSymbolicLink()).toBe(true);
  await tree.wandb.commit(`/${COLLECTION}/draft`);
  expect(fs.readdirSync(join(collection, 'v1'), { recursive: true })).toEqual([
    'a',
    'absolute',
    'hard',
    'of-version',
    'sub',
    'sub/relative',
  ]);
});

test('between a draft and the base there are none: EXDEV', async () => {
  nodeFs.writeFileSync(join(disk, 'file'), 'x');
  const exdev = { code: 'EXDEV' };
  await expect(fs.promises.symlink(join(disk, 'file'), join(draft, 'x'))).rejects.toMatchObject(exdev);
  await expect(fs.promises.symlink('../../../../../../file', join(draft, 'x'))).rejects.toMatchObject(exdev);
  await expect(fs.promises.symlink(join(draft, 'a'), join(disk, 'x'))).rejects.toMatchObject(exdev);
  await expect(fs.promises.link(join(disk, 'file'), join(draft, 'x'))).rejects.toMatchObject(exdev);
  await expect(fs.promises.link(join(draft, 'a'), join(disk, 'x'))).rejects.toMatchObject(exdev);
  const [from, to] = [join(draft, 'missing'), join(disk, 'x')];
  expect(() => fs.linkSync(from, to)).toThrow(
    expect.objectContaining({ code: 'ENOENT', syscall: 'link', path: from, dest: to }),
  );
});

test.each([{ verbatimSymlinks: true }, { dereference: true }])(
  'cp of a directory of the disk takes its links along into a draft: %j',
  async (options) => {
    nodeFs.mkdirSync(join(disk, 'src/dir'), { recursive: true });
    nodeFs.writeFileSync(join(disk, 'src/dir/f'), 'F');
    nodeFs.symlinkSync('dir/f', join(disk, 'src/file-link'));
    nodeFs.symlinkSync('dir', join(disk, 'src/dir-link'));
    await fs.promises.cp(join(disk, 'src'), join(collection, 'copy'), { recursive: true, ...options });
    const isLink = fs.lstatSync(join(collection, 'copy/dir-link')).isSymbolicLink();
    expect(isLink).toBe('verbatimSymlinks' in options);
    const { version } = await tree.wandb.commit(`/${COLLECTION}/copy`);
    expect(await server.artifactFiles(`team/project/c:${version}`)).toEqual({
      'dir/f': Buffer.from('F'),
      'dir-link/f': Buffer.from('F'),
      'file-link': Buffer.from('F'),
    });
  },
);

test('a large copy is written through a link, and into all names of a file', async () => {
  const large = join(disk, 'large');
  nodeFs.writeFileSync(large, Buffer.alloc(3_000_000, 'x'));
  fs.symlinkSync('made', join(draft, 'link'));
  fs.linkSync(join(draft, 'a'), join(draft, 'hard'));
  await fs.promises.copyFile(large, join(draft, 'link'));
  fs.copyFileSync(join(draft, 'made'), join(draft, 'hard'));
  expect(fs.lstatSync(join(draft, 'link')).isSymbolicLink()).toBe(true);
  for (const name of ['made', 'a', 'hard']) expect(fs.statSync(join(draft, name)).size).toBe(3_000_000);
});
