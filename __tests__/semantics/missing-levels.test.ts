import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWandbArtifactFs, type WandbFs } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { connect, mount } from './helpers/mounts.js';
import { countOf, requestsOf } from './helpers/requests.js';
import { errorOf } from './helpers/styles.js';

const server = useServer(STANDARD);
let fs: WandbFs;
let artifacts: WandbFs;
beforeAll(async () => {
  await server.seed({ 'team/Petals/a1b2c3': { 'file.txt': 'x' } }, { displayName: 'My Run' });
  await server.seed({ 'team/Petals/twin1': {}, 'team/Petals/twin2': {} }, { displayName: 'Twin' });
  await server.seed({ 'team/Petals/named': {} }, { displayName: 'a1b2c3' });
  await server.seedArtifacts({ 'team/Petals/dataset/Roses': { versions: [{ files: { a: 'a' } }] } });
  fs = connect(server);
  artifacts = createWandbArtifactFs({ baseUrl: server.url, apiKey: server.apiKey });
});
afterAll(async () => {
  await Promise.all([fs.wandb.close(), artifacts.wandb.close()]);
});

const ENOENT = (path: string, detail = '', syscall = 'open') => ({
  code: 'ENOENT',
  errno: -2,
  syscall,
  path,
  message: `ENOENT: no such file or directory, ${syscall} '${path}'${detail && `: ${detail}`}`,
});

const read = (of: WandbFs, path: string) => errorOf(() => of.promises.readFile(path));

describe('an ENOENT says which level is missing', () => {
  test.each([
    ['/nobody', "There is no entity 'nobody' that this key may see."],
    ['/nobody/project/run/file', "There is no entity 'nobody' that this key may see."],
    ['/team/other/run/file', "There is no project 'other' in entity 'team' that this key may see."],
    ['/team/Petals/other/file', "There is no run 'other' in 'team/Petals'."],
    ['/team/Petals/a1b2c3/other', ''],
  ])('of run files: %s', async (path, detail) => {
    expect(await read(fs, path)).toMatchObject(ENOENT(path, detail));
    expect(await errorOf(() => fs.readFileSync(path))).toMatchObject(ENOENT(path, detail));
    expect(await errorOf(() => fs.promises.stat(path))).toMatchObject(ENOENT(path, detail, 'stat'));
    expect(await errorOf(() => fs.readdirSync(path))).toMatchObject(ENOENT(path, detail, 'scandir'));
  });

  test.each([
    ['/team/other/dataset', "There is no project 'other' in entity 'team' that this key may see."],
    ['/team/Petals/model/Roses/v0/a', "There is no artifact type 'model' in 'team/Petals'."],
    ['/team/Petals/dataset/Tulips/v0/a', "There is no collection 'Tulips' in 'team/Petals/dataset'."],
    ['/team/Petals/dataset/Roses/v7/a', "There is no version 'v7' in 'team/Petals/dataset/Roses'."],
    ['/team/Petals/dataset/Roses/latest/b', ''],
    ['/team/Petals/dataset/Roses/v0/b', ''],
  ])('of artifacts: %s', async (path, detail) => {
    expect(await read(artifacts, path)).toMatchObject(ENOENT(path, detail));
    expect(await errorOf(() => artifacts.readFileSync(path))).toMatchObject(ENOENT(path, detail));
  });
});

describe('a name that is nearly one', () => {
  test('a display name given for a run names its id', async () => {
    const path = '/team/Petals/My Run/file.txt';
    const detail = "There is no run 'My Run' in 'team/Petals'. 'My Run' is the display name of run 'a1b2c3'.";
    expect(await read(fs, path)).toMatchObject(ENOENT(path, detail));
    expect(await errorOf(() => fs.writeFileSync(path, 'x'))).toMatchObject(ENOENT(path, detail));
  });

  test('also by what `node:fs` has no name for', async () => {
    const path = '/team/Petals/My Run/file.txt';
    const detail = "There is no run 'My Run' in 'team/Petals'. 'My Run' is the display name of run 'a1b2c3'.";
    const target = join(tmpdir(), 'never-there');
    const from = 'package.json';
    expect(await errorOf(() => fs.wandb.info(path))).toMatchObject(ENOENT(path, detail, 'info'));
    expect(await errorOf(() => fs.wandb.get(path, target))).toMatchObject(ENOENT(path, detail));
    expect(await errorOf(() => fs.wandb.put(from, path))).toMatchObject(ENOENT(path, detail));
    expect((await errorOf(() => fs.wandb.put(from, '/team/Petals/new/file'))).message).toMatch(
      /`mkdir` makes runs\.$/,
    );
    const found = fs.wandb.find({ entity: 'nobody', project: 'Petals' });
    expect(await errorOf(() => found.first())).toMatchObject(
      ENOENT('/nobody/Petals', "There is no entity 'nobody' that this key may see.", 'find'),
    );
  });

  test('one that several runs have names them', async () => {
    expect((await read(fs, '/team/Petals/Twin/x')).message).toMatch(
      /'Twin' is the display name of runs 'twin1' and 'twin2'\.$/,
    );
  });

  test('an id wins over a display name', async () => {
    expect(await fs.promises.readFile('/team/Petals/a1b2c3/file.txt', 'utf8')).toBe('x');
  });

  test('another case of a project or a collection is told', async () => {
    expect((await read(fs, '/team/petals/a1b2c3/file.txt')).message).toMatch(/Did you mean 'Petals'\?$/);
    expect((await read(artifacts, '/team/Petals/dataset/roses/v0/a')).message).toMatch(
      /Did you mean 'Roses'\?$/,
    );
  });

  test('is asked for once a name, and not for what nobody is told', async () => {
    const own = mount(server);
    const first = await requestsOf(server, () => read(own, '/team/Petals/Some Run/a'));
    expect(countOf(first, 'project')).toBe(2);
    const again = await requestsOf(server, () => read(own, '/team/Petals/Some Run/b'));
    expect(again).toHaveLength(0);
    const silent = await requestsOf(server, async () => {
      own.existsSync('/team/Petals/Another Run');
      own.statSync('/team/Petals/A third Run/x', { throwIfNoEntry: false });
      await own.promises.rm('/team/Petals/A fourth Run', { force: true });
    });
    expect(countOf(silent, 'project')).toBe(3);
  });

  test('that nobody can tell leaves the message as it is', async () => {
    const own = mount(server);
    await own.promises.stat('/team/Petals');
    await server.faults([{ match: { operation: 'FindRunsByTitle' }, status: 400, times: Infinity }]);
    const path = '/team/Petals/My Run/file.txt';
    expect(await read(own, path)).toMatchObject(ENOENT(path, "There is no run 'My Run' in 'team/Petals'."));
    await server.faults([]);
  });
});

describe('what was to be made', () => {
  test.each([
    ['/team/Petals/new/file', '`mkdir` makes runs.'],
    ['/team/new/run/file', '`mkdir` with `recursive: true` makes projects and the runs in them.'],
  ])('tells how: %s', async (path, how) => {
    for (const make of [
      () => fs.promises.writeFile(path, 'x'),
      () => fs.promises.mkdir(`${path}/below`),
      () => fs.promises.copyFile('/team/Petals/a1b2c3/file.txt', path),
      () => fs.promises.rename('/team/Petals/a1b2c3/file.txt', path),
    ]) {
      const error = await errorOf(make);
      expect(error.code).toBe('ENOENT');
      expect(error.message.endsWith(how)).toBe(true);
    }
    expect((await read(fs, path)).message).not.toContain('mkdir');
  });

  test('of an artifact is a draft', async () => {
    const path = '/team/Petals/dataset/Roses/new/file';
    expect((await errorOf(() => artifacts.promises.writeFile(path, 'x'))).message).toMatch(
      /`mkdir` of a new name beside the versions makes a draft, and `fs\.wandb\.commit\(\)` a version of that\.$/,
    );
  });
});

test.each([
  ['nobody/project', "There is no entity 'nobody' that this key may see."],
  ['team/other', "There is no project 'other' in entity 'team' that this key may see."],
  [
    'team/Petals/My Run',
    "There is no run 'My Run' in 'team/Petals'. 'My Run' is the display name of run 'a1b2c3'.",
  ],
])('the option `root` that is not there is named: %s', async (root, detail) => {
  const own = mount(server, { root });
  const said = `The option \`root\` is '${root}', which isn't there. ${detail}`;
  expect(await errorOf(() => own.promises.readdir('/'))).toMatchObject(ENOENT('/', said, 'scandir'));
  expect(await read(own, '/a/b')).toMatchObject(ENOENT('/a/b', said));
});

test('where a sync call cannot wait, the message says what is known', async () => {
  const own = mount(server, { sync: 'off' });
  await own.promises.stat('/team/Petals');
  await own.promises.readdir('/team/Petals');
  const path = '/team/Petals/My Run';
  const requests = await requestsOf(server, async () => {
    expect(await errorOf(() => own.statSync(path))).toMatchObject(
      ENOENT(path, "There is no run 'My Run' in 'team/Petals'.", 'stat'),
    );
  });
  expect(requests).toHaveLength(0);
});

test('a commit on the tree of runs names the tree that has versions', async () => {
  for (const path of ['/team/Petals/a1b2c3', '/team/Petals/dataset/Roses/draft']) {
    expect(await errorOf(() => fs.wandb.commit(path))).toMatchObject({
      code: 'EINVAL',
      message: expect.stringContaining('createWandbArtifactFs()'),
    });
  }
});
