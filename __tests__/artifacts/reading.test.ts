import { createHash } from 'node:crypto';
import type { WandbFs } from 'wandb-fs';
import { startServer, useServer } from '../helpers/server.js';
import { errorOf, mount } from './helpers/mounts.js';

const C = '/lab/project/dataset/flowers';

describe('the tree of artifacts', () => {
  const server = useServer({
    organizations: [{ name: 'Acme, Inc.', entity: 'acme-org', teams: ['lab'] }],
  });
  let fs: WandbFs;
  beforeAll(async () => {
    await server.seedArtifacts({
      'lab/project/dataset/flowers': {
        versions: [
          { files: { 'a.txt': 'one', 'empty.bin': '' }, aliases: ['old'] },
          { files: { 'a.txt': 'two', 'dir/ünï 😀.txt': 'deep' }, aliases: ['prod'] },
          { files: { 'a.txt': 'three' }, metadata: { lr: 0.1 }, description: 'third', tags: ['good'] },
          { files: { 'a.txt': 'not yet' }, state: 'PENDING' },
        ],
      },
      'lab/project/model/net': { versions: [{ files: { 'w.bin': 'weights' } }] },
      'lab/project/dataset/picks': { links: [{ to: 'lab/project/flowers:v2', aliases: ['best'] }] },
      'acme-org/wandb-registry-data/dataset/shared': {
        links: [{ to: 'lab/project/flowers:v1', aliases: ['staging'] }, { to: 'lab/project/flowers:v0' }],
      },
    });
  });
  beforeEach(() => {
    fs = mount(server);
  });

  test('lists types, collections, versions with their aliases, and files', async () => {
    expect(await fs.promises.readdir('/')).toEqual(expect.arrayContaining(['lab', 'acme-org']));
    expect(await fs.promises.readdir('/lab')).toContain('project');
    expect(await fs.promises.readdir('/lab/project')).toEqual(['dataset', 'model']);
    expect(await fs.promises.readdir('/lab/project/dataset')).toEqual(['flowers', 'picks']);
    expect(await fs.promises.readdir(C)).toEqual(['latest', 'old', 'prod', 'v0', 'v1', 'v2']);
    expect(await fs.promises.readdir(`${C}/v1`, { recursive: true })).toEqual([
      'a.txt',
      'dir',
      'dir/ünï 😀.txt',
    ]);
  });

  test('reads a file of a version, and through an alias, in all three styles', async () => {
    expect(await fs.promises.readFile(`${C}/v0/a.txt`, 'utf8')).toBe('one');
    expect(await fs.promises.readFile(`${C}/prod/dir/ünï 😀.txt`, 'utf8')).toBe('deep');
    expect(fs.readFileSync(`${C}/latest/a.txt`, 'utf8')).toBe('three');
    expect(fs.readFileSync(`${C}/v0/empty.bin`)).toHaveLength(0);
    await expect(
      new Promise((resolve, reject) => {
        fs.readFile(`${C}/old/a.txt`, 'utf8', (error, text) => (error ? reject(error) : resolve(text)));
      }),
    ).resolves.toBe('one');
  });

  test('aliases are links to versions', async () => {
    expect(fs.readlinkSync(`${C}/latest`)).toBe('v2');
    expect(fs.realpathSync(`${C}/prod/a.txt`)).toBe(`${C}/v1/a.txt`);
    expect(fs.lstatSync(`${C}/old`).isSymbolicLink()).toBe(true);
  });

  test('portfolios number the versions themselves and have their own aliases', async () => {
    expect(await fs.promises.readdir('/lab/project/dataset/picks')).toEqual(['best', 'latest', 'v0']);
    expect(await fs.promises.readFile('/lab/project/dataset/picks/best/a.txt', 'utf8')).toBe('three');
    expect(fs.readlinkSync('/lab/project/dataset/picks/best')).toBe('v0');
  });

  test.each(['acme-org', 'Acme, Inc.'])('registries are found under %s', async (organization) => {
    const shared = `/${organization}/wandb-registry-data/dataset/shared`;
    expect(await fs.promises.readdir(shared)).toEqual(['latest', 'staging', 'v0', 'v1']);
    expect(await fs.promises.readFile(`${shared}/staging/a.txt`, 'utf8')).toBe('two');
    expect(await fs.promises.readFile(`${shared}/v1/a.txt`, 'utf8')).toBe('one');
  });

  test('stat gives sizes, times and read-only modes; info the digest and what W&B says of a version', async () => {
    const stats = await fs.promises.stat(`${C}/v1/a.txt`);
    expect([stats.size, stats.mode & 0o777]).toEqual([3, 0o444]);
    expect(Math.abs(stats.mtimeMs - Date.now())).toBeLessThan(60_000);
    expect(await fs.wandb.info(`${C}/v1/a.txt`)).toMatchObject({
      kind: 'file',
      size: 3,
      digest: createHash('md5').update('two').digest('base64'),
      digestAlgorithm: 'MD5',
    });
    expect(await fs.wandb.info(`${C}/latest`)).toMatchObject({
      kind: 'version',
      version: 'v2',
      type: 'dataset',
      collection: 'flowers',
      aliases: ['latest'],
      tags: ['good'],
      description: 'third',
      metadata: { lr: 0.1 },
      state: 'COMMITTED',
      size: 5,
      fileCount: 1,
      webUrl: expect.stringMatching(/\/lab\/project\/artifacts\/dataset\/flowers\/latest$/),
    });
  });

  test.each([
    ['a version that is pending', `${C}/v3`],
    ['a version there never was', `${C}/v9/a.txt`],
    ['an alias there never was', `${C}/nothing/a.txt`],
    ['a file there never was', `${C}/v1/b.txt`],
    ['a collection of another type', '/lab/project/model/flowers/v0/a.txt'],
    ['a collection there never was', '/lab/project/dataset/weeds'],
    ['a type there never was', '/lab/project/table'],
    ['a project there never was', '/lab/nowhere/dataset/flowers/v0'],
  ])('%s is ENOENT', async (_what, path) => {
    expect(await errorOf(fs.promises.stat(path))).toMatchObject({ code: 'ENOENT', syscall: 'stat', path });
    expect(fs.existsSync(path)).toBe(false);
  });

  test('addresses of the fsspec protocol and of the web app are paths', async () => {
    const address = 'wandbas://lab/project/dataset/flowers/v0/a.txt';
    expect(await fs.promises.readFile(address, 'utf8')).toBe('one');
    expect(await fs.promises.readFile(fs.wandb.webUrl(`${C}/v0/a.txt`), 'utf8')).toBe('one');
    expect(await errorOf(fs.promises.stat('wandbfs://lab/project/run'))).toMatchObject({
      code: 'ENOENT',
      message: expect.stringContaining('createWandbFs()'),
    });
  });

  test('large files are read by ranges, and streams honour start and end', async () => {
    const bytes = Buffer.alloc(5_000_000, 'abcdefghij');
    await server.seedArtifacts({ 'lab/project/dataset/large': { versions: [{ files: { big: bytes } }] } });
    const small = mount(server, { cacheBytes: 1024 * 1024 });
    const path = '/lab/project/dataset/large/v0/big';
    expect((await small.promises.readFile(path)).equals(bytes)).toBe(true);
    const parts: Buffer[] = [];
    for await (const part of small.createReadStream(path, { start: 4_000_003, end: 4_000_011 }))
      parts.push(part);
    expect(Buffer.concat(parts).toString()).toBe(bytes.subarray(4_000_003, 4_000_012).toString());
  });

  test('works against a server without any of the features', async () => {
    const plain = await startServer({ features: [] });
    await plain.seedArtifacts({
      'lab/project/dataset/flowers': {
        versions: [{ files: { 'a.txt': 'one', 'd/b': '2' }, aliases: ['prod'] }],
      },
      'lab/project/dataset/picks': { links: [{ to: 'lab/project/flowers:v0' }] },
    });
    const over = mount(plain);
    expect(await over.promises.readdir(C)).toEqual(['latest', 'prod', 'v0']);
    expect(await over.promises.readFile(`${C}/prod/a.txt`, 'utf8')).toBe('one');
    expect(await over.promises.readdir(`${C}/v0`)).toEqual(['a.txt', 'd']);
    expect(await over.promises.readFile('/lab/project/dataset/picks/latest/d/b', 'utf8')).toBe('2');
  });
});

describe('names that POSIX can not hold', () => {
  test('are listed encoded, and opened by what was listed', async () => {
    const server = await startServer();
    await server.seedArtifacts({
      'lab/project/odd%2Ftype/..': { versions: [{ files: { 'a.txt': 'one' } }] },
      'lab/project/odd%2Ftype/a b%25c': { versions: [{ files: { 'x y': 'two' } }] },
    });
    const fs = mount(server);
    const [type = ''] = await fs.promises.readdir('/lab/project');
    expect(type).toBe('odd%2Ftype');
    const collections = await fs.promises.readdir(`/lab/project/${type}`);
    expect(collections).toContain('%2E%2E');
    const found: string[] = [];
    for (const collection of collections) {
      const version = `/lab/project/${type}/${collection}/latest`;
      for (const name of await fs.promises.readdir(version)) {
        found.push(await fs.promises.readFile(`${version}/${name}`, 'utf8'));
      }
    }
    expect(found.sort()).toEqual(['one', 'two']);
  });
});
