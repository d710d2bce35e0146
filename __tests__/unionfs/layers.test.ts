import nodeFs from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Union } from 'unionfs';
import type { WandbFs } from 'wandb-fs';
import { makeDirectory } from '../helpers/directories.js';
import { useServer } from '../helpers/server.js';
import { makeRun, mount } from '../semantics/helpers/mounts.js';
import { costOf, requestsOf } from '../semantics/helpers/requests.js';
import { errorOf } from '../semantics/helpers/styles.js';
import { contentOn, eventually } from '../semantics/helpers/waiting.js';

type NodeFs = typeof nodeFs;

/** The layer that is used last is asked first. Its own type knows callbacks and promises less well than Node's. */
const unionOf = (...layers: readonly NodeFs[]): NodeFs => {
  const union = new Union();
  for (const layer of layers) union.use(layer);
  return union as unknown as NodeFs;
};

const server = useServer();
let run: string;
let directory: string;
let wandb: WandbFs;
beforeEach(async () => {
  run = await makeRun(server, {
    'config.yaml': 'lr: 0.1\n',
    'media/1.txt': 'one',
    'media/2.txt': 'two',
    'both.txt': 'from W&B',
  });
  directory = await makeDirectory();
  nodeFs.mkdirSync(join(directory, 'src'));
  nodeFs.writeFileSync(join(directory, 'src/train.py'), 'train()\n');
  nodeFs.writeFileSync(join(directory, 'both.txt'), 'from the disk');
  wandb = mount(server, { mountPoint: directory, root: run });
});

describe.each([
  ['a run over a real directory', () => unionOf(nodeFs, wandb), 'from W&B'],
  ['a real directory over a run', () => unionOf(wandb, nodeFs), 'from the disk'],
])('%s', (_, makeUnion, both) => {
  let union: NodeFs;
  beforeEach(() => {
    union = makeUnion();
  });

  test('files of both layers are read, in the three styles', async () => {
    for (const [name, content] of [
      ['config.yaml', 'lr: 0.1\n'],
      ['media/2.txt', 'two'],
      ['src/train.py', 'train()\n'],
      ['both.txt', both],
    ] as const) {
      const path = join(directory, name);
      expect(union.readFileSync(path, 'utf8')).toBe(content);
      expect(await union.promises.readFile(path, 'utf8')).toBe(content);
      const called = new Promise((resolve, reject) => {
        union.readFile(path, 'utf8', (error, data) => (error ? reject(error) : resolve(data)));
      });
      expect(await called).toBe(content);
    }
  });

  test('readdir shows both layers as one', async () => {
    const expected = ['both.txt', 'config.yaml', 'media', 'src'];
    expect(union.readdirSync(directory).sort()).toEqual(expected);
    expect((await union.promises.readdir(directory)).sort()).toEqual(expected);
    const called = new Promise<string[]>((resolve, reject) => {
      union.readdir(directory, (error, names) => (error ? reject(error) : resolve(names)));
    });
    expect((await called).sort()).toEqual(expected);
    expect(union.readdirSync(join(directory, 'media')).sort()).toEqual(['1.txt', '2.txt']);
    const typed = union.readdirSync(directory, { withFileTypes: true });
    expect(
      typed
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
        .sort(),
    ).toEqual(['media', 'src']);
  });

  test('exists and stat know both layers, and what neither has', async () => {
    for (const name of ['config.yaml', 'media', 'src/train.py']) {
      expect(union.existsSync(join(directory, name))).toBe(true);
      expect(union.statSync(join(directory, name)).isDirectory()).toBe(name === 'media');
    }
    const missing = join(directory, 'missing');
    expect(union.existsSync(missing)).toBe(false);
    const error = await errorOf(() => union.promises.stat(missing));
    expect(error).toMatchObject({ code: 'ENOENT', syscall: 'stat', path: missing });
    // unionfs hangs what the other layer said onto the error.
    expect(Reflect.get(error, 'prev')).toMatchObject({ code: 'ENOENT' });
  });

  test('files of both layers are streamed', async () => {
    expect(await text(union.createReadStream(join(directory, 'media/1.txt')))).toBe('one');
    expect(await text(union.createReadStream(join(directory, 'src/train.py')))).toBe('train()\n');
  });

  test('a file that is only in the run is rewritten there', async () => {
    const path = join(directory, 'media/1.txt');
    wandb.writeFileSync(path, 'one more');
    expect(union.readFileSync(path, 'utf8')).toBe('one more');
    await wandb.wandb.flush();
    await eventually(
      () => contentOn(server, run, 'media/1.txt'),
      (seen) => seen === 'one more',
    );
    expect(nodeFs.existsSync(path)).toBe(false);
  });

  test('nothing outside the mount costs a request, whatever is asked', async () => {
    const outside = await makeDirectory();
    nodeFs.writeFileSync(join(outside, 'local.txt'), 'local');
    const requests = await requestsOf(server, async () => {
      expect(union.readFileSync(join(outside, 'local.txt'), 'utf8')).toBe('local');
      expect(await union.promises.readdir(outside)).toEqual(['local.txt']);
      expect(await text(union.createReadStream(join(outside, 'local.txt')))).toBe('local');
      await pipeline(['x'], union.createWriteStream(join(outside, 'streamed.txt')));
      union.writeFileSync(join(outside, 'written.txt'), 'x');
      await union.promises.mkdir(join(outside, 'made'));
      expect(union.existsSync(join(outside, 'missing'))).toBe(false);
      expect(union.existsSync('/')).toBe(true);
      expect(union.existsSync(`${directory}-beside`)).toBe(false);
      expect(union.statSync(join(directory, '..')).isDirectory()).toBe(true);
      expect(union.realpathSync(outside)).toBe(outside);
      union.unlinkSync(join(outside, 'written.txt'));
      expect(nodeFs.readdirSync(outside).sort()).toEqual(['local.txt', 'made', 'streamed.txt']);
    });
    expect(requests).toEqual([]);
  });
});

describe('where writes go', () => {
  test('with the run on top a new file below the mount point is in the run', async () => {
    const union = unionOf(nodeFs, wandb);
    union.writeFileSync(join(directory, 'notes.md'), '# Notes');
    await union.promises.appendFile(join(directory, 'notes.md'), '\nmore');
    await pipeline(['streamed'], union.createWriteStream(join(directory, 'media/3.txt')));
    await wandb.wandb.flush();
    await eventually(
      () => contentOn(server, run, 'notes.md'),
      (seen) => seen === '# Notes\nmore',
    );
    await eventually(
      () => contentOn(server, run, 'media/3.txt'),
      (seen) => seen === 'streamed',
    );
    expect(nodeFs.readdirSync(directory).sort()).toEqual(['both.txt', 'src']);
  });

  test('with the disk on top it is on the disk', async () => {
    const union = unionOf(wandb, nodeFs);
    const requests = await requestsOf(server, async () => {
      union.writeFileSync(join(directory, 'notes.md'), '# Notes');
      await wandb.wandb.flush();
    });
    expect(nodeFs.readFileSync(join(directory, 'notes.md'), 'utf8')).toBe('# Notes');
    expect(costOf(requests).puts).toBe(0);
    expect(await contentOn(server, run, 'notes.md')).toBeUndefined();
  });

  test('a read-only run below never takes a write', async () => {
    const readOnly = mount(server, { mountPoint: directory, root: run, readOnly: true });
    const union = unionOf(readOnly, nodeFs);
    expect(union.readFileSync(join(directory, 'config.yaml'), 'utf8')).toBe('lr: 0.1\n');
    union.writeFileSync(join(directory, 'config.yaml'), 'lr: 0.2\n');
    expect(union.readFileSync(join(directory, 'config.yaml'), 'utf8')).toBe('lr: 0.2\n');
    expect(await contentOn(server, run, 'config.yaml')).toBe('lr: 0.1\n');
  });
});

test('two runs as two layers: the one above hides the one below, file by file', async () => {
  const base = await makeRun(server, { 'config.yaml': 'base', 'only-base.txt': 'base' });
  const best = await makeRun(server, { 'config.yaml': 'best', 'only-best.txt': 'best' });
  const union = unionOf(
    mount(server, { mountPoint: '/model', root: base }),
    mount(server, { mountPoint: '/model', root: best }),
  );
  expect(union.readdirSync('/model').sort()).toEqual(['config.yaml', 'only-base.txt', 'only-best.txt']);
  expect(union.readFileSync('/model/config.yaml', 'utf8')).toBe('best');
  expect(await union.promises.readFile('/model/only-base.txt', 'utf8')).toBe('base');
});
