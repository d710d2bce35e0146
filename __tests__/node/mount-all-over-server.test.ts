import nodeFs from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createWandbArtifactFs, type MountedFs, mountAll, type WandbFs } from 'wandb-fs';
import { makeDirectory } from '../helpers/directories.js';
import { useServer } from '../helpers/server.js';
import { makeRun, mount } from '../semantics/helpers/mounts.js';
import { countOf, requestsOf } from '../semantics/helpers/requests.js';
import { errorOf } from '../semantics/helpers/styles.js';
import { contentOn, eventually } from '../semantics/helpers/waiting.js';

const server = useServer();
let directory: string;
let run: string;
let other: string;
let whole: WandbFs;
let fs: MountedFs;
let at: (path: string) => string;
beforeEach(async () => {
  run = await makeRun(server, { 'config.yaml': 'lr: 0.1\n', 'media/1.txt': 'one' });
  other = await makeRun(server, { 'model.bin': 'weights' });
  directory = await makeDirectory();
  nodeFs.writeFileSync(join(directory, 'local.txt'), 'local');
  whole = mount(server);
  const best = mount(server, { root: other, mountPoint: join(directory, 'best') });
  at = (path) => join(directory, path);
  fs = mountAll({ [at('wandb/runs')]: whole, [at('best')]: best }, nodeFs);
});

test('the base, two trees of W&B, and nothing asked of W&B for what is the base’s', async () => {
  const requests = await requestsOf(server, async () => {
    expect(fs.readFileSync(at('local.txt'), 'utf8')).toBe('local');
    expect(await fs.promises.readdir(directory)).toEqual(['local.txt', 'best', 'wandb']);
    expect(fs.readdirSync(at('wandb'))).toEqual(['runs']);
    expect(fs.existsSync(at('wandb/missing'))).toBe(false);
    expect(fs.statSync(at('wandb')).isDirectory()).toBe(true);
    await fs.promises.writeFile(at('written.txt'), 'x');
    expect(await errorOf(() => fs.promises.rm(directory, { recursive: true }))).toMatchObject({
      code: 'EBUSY',
    });
  });
  expect(requests).toEqual([]);
  expect(fs.readFileSync(at(`wandb/runs/${run}/config.yaml`), 'utf8')).toBe('lr: 0.1\n');
  expect(await fs.promises.readFile(at('best/model.bin'), 'utf8')).toBe('weights');
  expect(await text(fs.createReadStream(at(`wandb/runs/${run}/config.yaml`), { start: 4, end: 6 }))).toBe(
    '0.1',
  );
});

test('a tree costs what it costs alone, under all its paths', async () => {
  const path = at(`wandb/runs/${run}`);
  const requests = await requestsOf(server, async () => {
    expect(await fs.promises.readdir(path, { recursive: true })).toEqual([
      'config.yaml',
      'media',
      'media/1.txt',
    ]);
    expect(await fs.promises.readFile(join(path, 'media/1.txt'), 'utf8')).toBe('one');
    expect(await whole.promises.readFile(`/${run}/media/1.txt`, 'utf8')).toBe('one');
    expect(whole.readdirSync(`/${run}`)).toEqual(fs.readdirSync(path));
  });
  expect(countOf(requests, 'project')).toBeLessThanOrEqual(2);
  expect(requests.filter(({ side, method }) => side === 'storage' && method === 'GET')).toHaveLength(1);
});

test('errors, entries and upload events show mounted paths', async () => {
  const path = at(`wandb/runs/${run}`);
  const error = await errorOf(() => fs.promises.stat(join(path, 'no')));
  expect(error).toMatchObject({
    message: `ENOENT: no such file or directory, stat '${join(path, 'no')}'`,
    path: join(path, 'no'),
  });
  const entries = await fs.promises.readdir(path, { withFileTypes: true });
  expect(entries.map(({ parentPath }) => parentPath)).toEqual([path, path]);
  expect(await fs.promises.realpath(`${path}/media/..`)).toBe(path);
  expect(fs.mkdirSync(join(path, 'a/b'), { recursive: true })).toBe(join(path, 'a'));
  const mounted: string[] = [];
  const plain: string[] = [];
  fs.wandb.uploads.on('uploaded', (event) => mounted.push(event.path));
  whole.wandb.uploads.on('uploaded', (event) => plain.push(event.path));
  await fs.promises.writeFile(join(path, 'a/b/new.txt'), 'new');
  await fs.wandb.flush();
  await eventually(
    async () => mounted.length + plain.length,
    (count) => count === 2,
  );
  expect(mounted).toEqual([join(path, 'a/b/new.txt')]);
  expect(plain).toEqual([`/${run}/a/b/new.txt`]);
});

test('what is copied into a tree is uploaded once, under its own name', async () => {
  const large = Buffer.alloc(3 << 20, 'large');
  nodeFs.writeFileSync(at('large.bin'), large);
  nodeFs.mkdirSync(at('tree/sub'), { recursive: true });
  nodeFs.writeFileSync(at('tree/sub/x.txt'), 'x');
  const requests = await requestsOf(server, async () => {
    await fs.promises.copyFile(at('large.bin'), at(`wandb/runs/${run}/large.bin`));
    fs.cpSync(at('tree'), at(`wandb/runs/${run}/tree`), { recursive: true });
    fs.copyFileSync(at('best/model.bin'), at(`wandb/runs/${run}/model.bin`));
    await fs.wandb.flush();
  });
  expect(requests.filter(({ side, method }) => side === 'storage' && method === 'PUT')).toHaveLength(3);
  await eventually(
    () => contentOn(server, run, 'model.bin'),
    (seen) => seen === 'weights',
  );
  await eventually(
    () => contentOn(server, run, 'tree/sub/x.txt'),
    (seen) => seen === 'x',
  );
  expect(fs.readdirSync(at(`wandb/runs/${run}`)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  await fs.promises.cp(at(`wandb/runs/${run}`), at('out'), { recursive: true });
  expect(nodeFs.readFileSync(at('out/large.bin')).equals(large)).toBe(true);
  expect(nodeFs.readFileSync(at('out/media/1.txt'), 'utf8')).toBe('one');
});

test('moves between filesystems are EXDEV, and closing closes the trees only', async () => {
  const error = await errorOf(() => fs.renameSync(at('local.txt'), at(`wandb/runs/${run}/local.txt`)));
  expect(error).toMatchObject({ code: 'EXDEV', syscall: 'rename' });
  await pipeline(['late'], fs.createWriteStream(at(`wandb/runs/${run}/late.txt`)));
  await fs.wandb.close();
  await eventually(
    () => contentOn(server, run, 'late.txt'),
    (seen) => seen === 'late',
  );
  expect(await errorOf(() => whole.readFileSync(`/${run}/config.yaml`))).toHaveProperty('code');
  expect(fs.readFileSync(at('local.txt'), 'utf8')).toBe('local');
});

test('a copy that fails says what the tree would have said, and that is its cause', async () => {
  const links = 'team/project/dataset/links';
  const references = { bucket: { ref: 's3://bucket/key', digest: 'tag', size: 12 } };
  await server.seedArtifacts({ [links]: { versions: [{ references }] } });
  const artifacts = createWandbArtifactFs({ baseUrl: server.url, apiKey: server.apiKey });
  const both = mountAll({ [at('artifacts')]: artifacts }, nodeFs);
  const [from, to] = [at(`artifacts/${links}/v0/bucket`), at('bucket')];
  const direct = await errorOf(() => both.promises.readFile(from));
  const why = direct.message.slice(direct.message.indexOf('Reading `s3:` references needs the option'));
  for (const copy of [both.copyFileSync, both.promises.copyFile, both.promises.cp]) {
    const error = await errorOf(() => copy(from, to));
    expect(error).toMatchObject({ code: direct.code, syscall: 'copyfile', path: from, dest: to });
    expect(error.message).toBe(`EACCES: permission denied, copyfile '${from}' -> '${to}': ${why}`);
    expect(error.cause).toMatchObject({ code: direct.code, syscall: 'open', path: from });
  }
  expect(nodeFs.existsSync(to)).toBe(false);
  await both.wandb.close();
});
