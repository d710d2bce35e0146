import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type FakeWandb, startFakeWandb } from 'wandb-fs/testing';
import { makeDirectory } from '../../helpers/directories.js';
import { STANDARD, useServer } from '../../helpers/server.js';
import { mountBoth } from './portrait.js';

const server = useServer(STANDARD);

type Sheets = Readonly<Record<string, string | object>>;

/** A world as somebody writes it by hand. */
async function worldOf(files: Sheets, version: unknown = 1): Promise<string> {
  const directory = await makeDirectory();
  for (const [place, content] of Object.entries({ 'wandb-world.json': { version }, ...files })) {
    await mkdir(dirname(join(directory, place)), { recursive: true });
    await writeFile(join(directory, place), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return directory;
}

async function serving<T>(
  files: Sheets,
  use: (both: ReturnType<typeof mountBoth>) => Promise<T>,
): Promise<T> {
  const wandb: FakeWandb = await startFakeWandb({ world: await worldOf(files) });
  const both = mountBoth(wandb);
  try {
    return await use(both);
  } finally {
    await Promise.all([both.runs, both.artifacts].map((fs) => fs.wandb.close()));
    await wandb.close();
  }
}

const RUN = 'lab/p/runs/r';
const V0 = 'lab/p/artifacts/dataset/d/v0';
const V1 = 'lab/p/artifacts/dataset/d/v1';
const HELLO = { digest: 'XUFAKrxLKna5cZ2REBfFkg==', size: 5 };
/** Of a version that holds `a.txt` with 'hello'. */
const DIGEST = 'e0b1f0d4c5f6a3f4a1a8ac0c5d1b3d7c';

test('files alone are runs and versions', () =>
  serving(
    { [`${RUN}/files/a/b.txt`]: 'b', [`${V0}/files/a.txt`]: 'hello', [`${V1}/files/a.txt`]: 'hello 2' },
    async ({ runs, artifacts }) => {
      expect(await runs.promises.readFile('lab/p/r/a/b.txt', 'utf8')).toBe('b');
      expect(await runs.wandb.info('lab/p/r')).toMatchObject({ state: 'finished', config: {} });
      expect(await artifacts.promises.readdir('lab/p/dataset/d')).toEqual(['v0', 'v1']);
      expect(await artifacts.promises.readFile('lab/p/dataset/d/v1/a.txt', 'utf8')).toBe('hello 2');
    },
  ));

test('what file managers leave is none of it', () =>
  serving(
    { [`${RUN}/files/.DS_Store`]: 'x', [`${RUN}/files/a/Thumbs.db`]: 'x', [`${RUN}/files/a.txt`]: 'a' },
    async ({ runs }) => {
      expect(await runs.promises.readdir('lab/p/r')).toEqual(['a.txt']);
    },
  ));

test("a run's file that was edited is what it is now", () =>
  serving(
    {
      [`${RUN}/run.json`]: { files: { 'a.txt': { updatedAt: '2026-01-02T03:04:05.000Z' } } },
      [`${RUN}/files/a.txt`]: 'hello',
    },
    async ({ runs }) => {
      expect(await runs.promises.readFile('lab/p/r/a.txt', 'utf8')).toBe('hello');
      expect(await runs.wandb.info('lab/p/r/a.txt')).toMatchObject({
        ...{ md5: HELLO.digest, size: 5, updatedAt: '2026-01-02T03:04:05.000Z' },
      });
    },
  ));

test('a version without a digest has that of its files', async () => {
  const { d } = await server
    .seedArtifacts({ 'lab/seeded/dataset/d': { versions: [{ files: { 'a.txt': 'hello' } }] } })
    .then((made) => ({ d: made['lab/seeded/dataset/d']?.versions[0]?.digest }));
  await serving(
    {
      [`${V0}/version.json`]: {
        aliases: ['prod'],
        files: { 'a.txt': { digest: 'of what it was', size: 9 } },
      },
      [`${V0}/files/a.txt`]: 'hello',
    },
    async ({ artifacts }) => {
      expect(await artifacts.wandb.info('lab/p/dataset/d/prod')).toMatchObject({ digest: d, size: 5 });
      expect(await artifacts.wandb.info('lab/p/dataset/d/prod/a.txt')).toMatchObject(HELLO);
    },
  );
});

describe('a world that is out of order is refused with the place, and nothing of it is taken:', () => {
  const version = { digest: DIGEST, files: { 'a.txt': HELLO } };
  const source = { entity: 'lab', project: 'p', collection: 'd', version: 'v7' };
  test.each<[string, Sheets, RegExp]>([
    ['no JSON', { [`${RUN}/run.json`]: '{' }, /^lab\/p\/runs\/r\/run.json is no JSON/],
    ['no object', { [`${RUN}/run.json`]: '[]' }, /run.json must hold a JSON object/],
    [
      'an unknown key',
      { [`${RUN}/run.json`]: { displayname: 'x' } },
      /run.json: nothing is called `displayname` here/,
    ],
    ['a wrong type', { [`${RUN}/run.json`]: { tags: 'x' } }, /`tags` must be a list of strings; got "x"/],
    [
      'a time that is none',
      { [`${RUN}/run.json`]: { createdAt: 'noon' } },
      /`createdAt` must be a time such as 2026/,
    ],
    [
      'a missing file',
      { [`${RUN}/run.json`]: { files: { 'a.txt': {} } } },
      /run.json \(a.txt\): the file isn't there.*remove it here/,
    ],
    [
      'sameAs outside',
      { [`${RUN}/run.json`]: { files: { a: { sameAs: '../../etc/passwd' } } } },
      /must be a path in the world/,
    ],
    [
      'sameAs nothing',
      { [`${RUN}/run.json`]: { files: { a: { sameAs: 'b' } } } },
      /leads to b, and nothing is there/,
    ],
    [
      'an edited version',
      { [`${V0}/version.json`]: version, [`${V0}/files/a.txt`]: 'edited' },
      /version.json: 'a.txt' has other content than was recorded. .*remove the `digest`/,
    ],
    [
      'a file more in a version',
      { [`${V0}/version.json`]: version, [`${V0}/files/a.txt`]: 'hello', [`${V0}/files/b.txt`]: 'b' },
      /'b.txt' is new/,
    ],
    ['a version of no number', { 'lab/p/artifacts/dataset/d/prod/files/a.txt': 'a' }, /called 'v0', 'v1'/],
    ['a version of a number written otherwise', { [`${V0}1/files/a.txt`]: 'a' }, /v01: .* called 'v0', 'v1'/],
    [
      'a link to a version of a number written otherwise',
      {
        [`${V0}/files/a.txt`]: 'a',
        'lab/p/artifacts/dataset/q/collection.json': { isPortfolio: true },
        'lab/p/artifacts/dataset/q/v0/version.json': { source: { ...source, version: 'v00' } },
      },
      /needs `entity`, `project`, `collection` and `version`/,
    ],
    [
      'a link to nothing',
      {
        'lab/p/artifacts/dataset/q/collection.json': { isPortfolio: true },
        'lab/p/artifacts/dataset/q/v0/version.json': { source },
      },
      /its source, lab\/p\/d:v7, isn't in the world/,
    ],
    [
      'a link in a sequence',
      { [`${V0}/files/a.txt`]: 'a', [`${V1}/version.json`]: { source: { ...source, version: 'v0' } } },
      /for portfolios only/,
    ],
  ])('%s', async (_, files, message) => {
    const world = { 'lab/before/runs/first/files/a.txt': 'a', ...files };
    await expect(server.seedDirectory(await worldOf(world))).rejects.toThrow(message);
  });

  afterEach(async () => {
    const { runs, artifacts } = mountBoth(server);
    expect(await runs.promises.readdir('lab')).not.toContain('before');
    await Promise.all([runs, artifacts].map((fs) => fs.wandb.close()));
  });

  test('links on the disk', async () => {
    const world = await worldOf({ [`${RUN}/files/a.txt`]: 'a' });
    await symlink('/etc/hosts', join(world, RUN, 'files/b.txt'));
    await expect(server.seedDirectory(world)).rejects.toThrow(
      /files\/b.txt: a world holds files and directories only/,
    );
    const other = await worldOf({ [`${RUN}/run.json`]: { files: { a: { sameAs: 'out/hosts' } } } });
    await symlink('/etc', join(other, 'out'));
    await expect(server.seedDirectory(other)).rejects.toThrow(/directories only|without links/);
  });

  test('another version of the format', async () => {
    await expect(server.seedDirectory(await worldOf({}, 2))).rejects.toThrow(
      /version is 2, and this server reads version 1/,
    );
  });

  test('a description from outside', async () => {
    const world = await worldOf({ [`${RUN}/files/a.txt`]: 'a' });
    await expect(server.seedDirectory(world, { state: 'crashed' })).rejects.toThrow(
      'describes its runs itself',
    );
  });

  test('versions that are there already', async () => {
    const wandb = await startFakeWandb();
    const world = await worldOf({ [`${V0}/files/a.txt`]: 'a' });
    await wandb.seedDirectory(world);
    await expect(wandb.seedDirectory(world)).rejects.toThrow(
      /v0\/version.json: the collection is there already, with versions/,
    );
    await wandb.close();
  });
});
