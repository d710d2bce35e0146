import nodeFs from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Union } from 'unionfs';
import { createWandbFs, type MountedFs, mountAll, type WandbFs } from 'wandb-fs';
import { makeDirectory } from '../helpers/directories.js';
import { errorsOf } from '../semantics/helpers/styles.js';
import { errorOf, mount, newCollection, requestsOf, textsOf, useLab } from './helpers/mounts.js';

const RUN = 'lab/project/train-1';

const server = useLab();
let disk: string;
let collection: string;
let runs: WandbFs;
beforeAll(async () => {
  await server.seed({ [RUN]: { 'config.yaml': 'lr: 0.1\n', 'media/iris.txt': 'an iris' } });
});
beforeEach(async () => {
  disk = await makeDirectory();
  nodeFs.mkdirSync(join(disk, 'data/sub'), { recursive: true });
  nodeFs.writeFileSync(join(disk, 'local.txt'), 'local');
  nodeFs.writeFileSync(join(disk, 'data/a.txt'), 'from the disk');
  nodeFs.writeFileSync(join(disk, 'data/sub/b.txt'), 'deeper');
  collection = newCollection();
  await server.seedArtifacts({
    [collection]: {
      versions: [{ files: { 'a.txt': '0123456789' } }, { files: { 'a.txt': 'abcdefghij', 'd/b.txt': 'b' } }],
    },
  });
});

describe('runs and artifacts, mounted beside each other over the disk', () => {
  let artifacts: WandbFs;
  let fs: MountedFs;
  let inRun: (path: string) => string;
  let inCollection: (path: string) => string;
  beforeEach(() => {
    runs = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey });
    artifacts = mount(server);
    fs = mountAll({ '/wandb/runs': runs, '/wandb/artifacts': artifacts }, nodeFs);
    inRun = (path) => `/wandb/runs/${RUN}/${path}`;
    inCollection = (path) => `/wandb/artifacts/${collection}/${path}`;
  });
  afterEach(() => fs.wandb.close());

  test('a path is asked of its owner alone, and the disk’s paths of nobody', async () => {
    const counts = await requestsOf(server, async () => {
      expect(fs.readFileSync(join(disk, 'local.txt'), 'utf8')).toBe('local');
      expect(fs.readdirSync('/wandb')).toEqual(['artifacts', 'runs']);
      expect(fs.existsSync('/wandb/elsewhere')).toBe(false);
      expect(await text(fs.createReadStream(join(disk, 'data/a.txt'), { start: 9 }))).toBe('disk');
      await fs.promises.cp(join(disk, 'data'), join(disk, 'copy'), { recursive: true });
      await fs.promises.rm(join(disk, 'copy'), { recursive: true });
    });
    expect(counts).toEqual({});
    expect(await fs.promises.readFile(inRun('config.yaml'), 'utf8')).toBe('lr: 0.1\n');
    expect(fs.readFileSync(inCollection('v0/a.txt'), 'utf8')).toBe('0123456789');
  });

  test('aliases are links, real paths are mounted ones', async () => {
    expect(await fs.promises.readdir(inCollection(''))).toEqual(['latest', 'v0', 'v1']);
    expect(fs.readlinkSync(inCollection('latest'))).toBe('v1');
    expect(await fs.promises.realpath(inCollection('latest/d/../a.txt'))).toBe(inCollection('v1/a.txt'));
    expect(fs.realpathSync.native(inCollection('latest'))).toBe(inCollection('v1'));
    await fs.promises.symlink('v0', inCollection('prod'));
    await fs.promises.symlink(inCollection('v1'), inCollection('best'));
    expect(fs.readFileSync(inCollection('prod/a.txt'), 'utf8')).toBe('0123456789');
    expect(await mount(server).promises.readlink(`/${collection}/best`)).toBe('v1');
    await fs.promises.rename(inCollection('prod'), inCollection('old'));
    await fs.promises.unlink(inCollection('best'));
    expect(await mount(server).promises.readdir(`/${collection}`)).toEqual(['latest', 'old', 'v0', 'v1']);
    for (const error of await errorsOf(fs, 'symlink', join(disk, 'local.txt'), inCollection('local'))) {
      expect(error).toMatchObject({ code: 'EXDEV', syscall: 'symlink' });
    }
  });

  test('references are copied to the disk and back as the links that they are, unread', async () => {
    const referring = newCollection();
    const references = { 'dir/ref': 's3://bucket/key' };
    await server.seedArtifacts({ [referring]: { versions: [{ files: { own: 'own' }, references }] } });
    const options = { recursive: true, verbatimSymlinks: true };
    const draft = inCollection('draft');
    await fs.promises.cp(`/wandb/artifacts/${referring}/v0`, join(disk, 'version'), options);
    expect(nodeFs.readlinkSync(join(disk, 'version/dir/ref'))).toBe('s3://bucket/key');
    fs.cpSync(join(disk, 'version'), draft, options);
    expect(fs.readlinkSync(`${draft}/dir/ref`)).toBe('s3://bucket/key');
    expect(await fs.promises.readFile(`${draft}/own`, 'utf8')).toBe('own');
  });

  test('streams take their options, and fds stay with their tree', async () => {
    expect(await text(fs.createReadStream(inCollection('latest/a.txt'), { start: 2, end: 5 }))).toBe('cdef');
    expect(await text(fs.createReadStream(inRun('config.yaml'), { start: 4, highWaterMark: 1 }))).toBe(
      '0.1\n',
    );
    const fds = [join(disk, 'local.txt'), inRun('media/iris.txt'), inCollection('v0/a.txt')].map((path) =>
      fs.openSync(path, 'r'),
    );
    const seen = fds.map((fd) => {
      const bytes = Buffer.alloc(4);
      fs.readSync(fd, bytes, 0, 4, 1);
      return `${bytes} of ${fs.fstatSync(fd).size}`;
    });
    expect(seen).toEqual(['ocal of 5', 'n ir of 7', '1234 of 10']);
    for (const fd of fds) fs.closeSync(fd);
    for (const fd of fds)
      expect(await errorOf((async () => fs.fstatSync(fd))())).toHaveProperty('code', 'EBADF');
    await using handle = await fs.promises.open(inCollection('latest/a.txt'));
    expect((await handle.readFile()).toString()).toBe('abcdefghij');
  });

  test.each<readonly [string, (fs: MountedFs) => readonly [string, ...unknown[]], string]>([
    ['a missing version', () => ['stat', inCollection('v9')], 'ENOENT'],
    ['a file of a version, taken for a directory', () => ['readdir', inCollection('v0/a.txt')], 'ENOTDIR'],
    ['a write into a version', () => ['writeFile', inCollection('v0/new.txt'), 'x'], 'EROFS'],
    ['a removal from a version', () => ['unlink', inCollection('v0/a.txt')], 'EROFS'],
    ['an alias that is a version', () => ['symlink', 'v0', inCollection('v7')], 'EINVAL'],
    ['a link in a run', () => ['symlink', 'config.yaml', inRun('link')], 'EPERM'],
    ['a missing file of a run', () => ['open', inRun('missing'), 'r'], 'ENOENT'],
    ['a version as a file', () => ['readFile', inCollection('v0')], 'EISDIR'],
  ])('errors are those of the owner, with mounted paths: %s', async (_what, callOf, code) => {
    const [name, ...args] = callOf(fs);
    const path = args.find((argument) => String(argument).startsWith('/wandb'));
    for (const error of await errorsOf(fs, name, ...args)) {
      expect(error).toMatchObject({ code });
      if (error.path === undefined) expect(error.syscall).toBe('read');
      else expect([error.path, Reflect.get(error, 'dest')]).toContain(path);
      // Behind Node's own words the names are W&B's.
      const [said] = error.message.split(': There is no ');
      expect(said).not.toMatch(new RegExp(`'/?${collection}`));
    }
  });

  test('moves from one to another are EXDEV', async () => {
    await fs.promises.mkdir(inCollection('draft'));
    const ways = [
      [join(disk, 'local.txt'), inCollection('draft/local.txt')],
      [inRun('config.yaml'), inCollection('draft/config.yaml')],
      [inCollection('draft'), join(disk, 'draft')],
    ];
    for (const way of ways) {
      for (const error of await errorsOf(fs, 'rename', ...way)) {
        expect(error).toMatchObject({ code: 'EXDEV', path: way[0], dest: way[1] });
      }
    }
  });

  test('files of the disk, of a run and of a version become a version', async () => {
    await fs.promises.mkdir(inCollection('draft'));
    await fs.promises.cp(join(disk, 'data'), inCollection('draft/data'), { recursive: true });
    fs.copyFileSync(inRun('config.yaml'), inCollection('draft/config.yaml'));
    await pipeline(
      fs.createReadStream(inRun('media/iris.txt')),
      fs.createWriteStream(inCollection('draft/iris.txt')),
    );
    await fs.promises.cp(inCollection('v1/d'), inCollection('draft/d'), { recursive: true });
    const { version } = await artifacts.wandb.commit(`/${collection}/draft`);
    expect(version).toBe('v2');
    expect(fs.existsSync(inCollection('draft'))).toBe(false);
    const all = {
      'config.yaml': 'lr: 0.1\n',
      'd/b.txt': 'b',
      'data/a.txt': 'from the disk',
      'data/sub/b.txt': 'deeper',
      'iris.txt': 'an iris',
    };
    expect(await textsOf(mount(server), `/${collection}/v2`)).toEqual(all);
    await fs.promises.cp(inCollection('v2'), join(disk, 'out'), { recursive: true });
    expect(nodeFs.readFileSync(join(disk, 'out/data/sub/b.txt'), 'utf8')).toBe('deeper');
  });

  test('`rename` to @commit commits, with aliases, in every style', async () => {
    fs.mkdirSync(inCollection('one'));
    fs.writeFileSync(inCollection('one/a.txt'), 'one');
    fs.renameSync(inCollection('one'), inCollection('@commit+prod'));
    await fs.promises.mkdir(inCollection('two'));
    await fs.promises.writeFile(inCollection('two/a.txt'), 'two');
    await fs.promises.rename(inCollection('two'), inCollection('@commit'));
    expect(fs.readdirSync(inCollection(''))).toEqual(['latest', 'prod', 'v0', 'v1', 'v2', 'v3']);
    expect(fs.readFileSync(inCollection('prod/a.txt'), 'utf8')).toBe('one');
    expect(await mount(server).promises.readFile(`/${collection}/latest/a.txt`, 'utf8')).toBe('two');
  });
});

describe('runs and artifacts as layers of a union with the disk', () => {
  let union: typeof nodeFs;
  let artifacts: WandbFs;
  beforeEach(() => {
    runs = createWandbFs({
      baseUrl: server.url,
      apiKey: server.apiKey,
      mountPoint: join(disk, 'run'),
      root: RUN,
    });
    artifacts = mount(server, { mountPoint: join(disk, 'flowers'), root: collection });
    // Its own type knows callbacks and promises less well than Node's.
    union = new Union().use(nodeFs).use(runs).use(artifacts) as unknown as typeof nodeFs;
  });
  afterEach(() => runs.wandb.close());

  test('each path is read from where it is, in the three styles', async () => {
    for (const [name, content] of [
      ['local.txt', 'local'],
      ['run/config.yaml', 'lr: 0.1\n'],
      ['flowers/v0/a.txt', '0123456789'],
      ['flowers/latest/a.txt', 'abcdefghij'],
    ] as const) {
      const path = join(disk, name);
      expect(union.readFileSync(path, 'utf8')).toBe(content);
      expect(await union.promises.readFile(path, 'utf8')).toBe(content);
      const called = new Promise((resolve, reject) => {
        union.readFile(path, 'utf8', (error, data) => (error ? reject(error) : resolve(data)));
      });
      expect(await called).toBe(content);
      expect(await text(union.createReadStream(path))).toBe(content);
    }
    expect(union.readlinkSync(join(disk, 'flowers/latest'))).toBe('v1');
    expect(union.realpathSync(join(disk, 'flowers/latest/a.txt'))).toBe(join(disk, 'flowers/v1/a.txt'));
    expect(union.readdirSync(join(disk, 'flowers'))).toEqual(['latest', 'v0', 'v1']);
  });

  test('what is in none of them costs no request', async () => {
    const counts = await requestsOf(server, async () => {
      expect(union.existsSync(join(disk, 'nothing'))).toBe(false);
      expect(union.existsSync(join(disk, 'flowers-beside'))).toBe(false);
      expect(union.readFileSync(join(disk, 'data/a.txt'), 'utf8')).toBe('from the disk');
      union.writeFileSync(join(disk, 'data/new.txt'), 'new');
      expect(union.readdirSync(join(disk, 'data')).sort()).toEqual(['a.txt', 'new.txt', 'sub']);
    });
    expect(counts).toEqual({});
    expect(nodeFs.readFileSync(join(disk, 'data/new.txt'), 'utf8')).toBe('new');
  });

  test('a draft is filled from the other layers and committed', async () => {
    const at = (name: string): string => join(disk, name);
    union.mkdirSync(at('flowers/draft'));
    union.writeFileSync(at('flowers/draft/a.txt'), union.readFileSync(at('data/a.txt')));
    union.writeFileSync(at('flowers/draft/config.yaml'), union.readFileSync(at('run/config.yaml')));
    union.renameSync(at('flowers/draft'), at('flowers/@commit+prod'));
    const all = { 'a.txt': 'from the disk', 'config.yaml': 'lr: 0.1\n' };
    expect(await textsOf(mount(server), `/${collection}/prod`)).toEqual(all);
    expect(nodeFs.existsSync(at('flowers'))).toBe(false);
  });
});
