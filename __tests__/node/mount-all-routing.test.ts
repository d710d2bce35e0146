import nodeFs from 'node:fs';
import { pathToFileURL } from 'node:url';
import { mountAll } from '../../src/node/mounts/mount-all.js';
import { errorOf } from '../semantics/helpers/styles.js';
import { calledBack, type Mounts, makeMounts, makeTree, thrownBy } from './support/mounts.js';

let mounts: Mounts;
beforeEach(() => {
  mounts = makeMounts();
});
afterEach(() => mounts.remove());

const FILES = [
  ['the base', 'local/file.txt', 'of the disk'],
  ['one tree', 'wandb/runs/e/p/r/file.txt', 'of the run'],
  ['the other tree', 'wandb/artifacts/model.bin', 'of the artifact'],
] as const;

describe.each(FILES)('a path of %s', (_, path, content) => {
  test('is read in the three styles', async () => {
    const { fs, at } = mounts;
    expect(fs.readFileSync(at(path), 'utf8')).toBe(content);
    expect(await fs.promises.readFile(at(path), 'utf8')).toBe(content);
    expect(await calledBack(fs.readFile, at(path), 'utf8')).toBe(content);
  });

  test('may be written in any way', () => {
    const { fs, top, at } = mounts;
    const { pathname } = pathToFileURL(at(path));
    const spellings = [
      Buffer.from(at(path)),
      pathToFileURL(at(path)),
      new URL(`file://${pathname}`),
      `/${at(path)}`,
      at(path).replaceAll('/', '//'),
      `${top}/./${path}`,
      `${top}/local/../${path}`,
      `${top}/wandb/runs/../../${path}`,
      `${top}/wandb/none/../../${path}`,
      `${top}/wandb/artifacts/x/../../../${path}`,
    ];
    for (const spelling of spellings) expect(fs.readFileSync(spelling, 'utf8')).toBe(content);
  });

  test('may be relative to the directory of the process', () => {
    const { fs, top } = mounts;
    const before = process.cwd();
    process.chdir(top);
    try {
      expect(fs.readFileSync(path, 'utf8')).toBe(content);
      expect(fs.readFileSync(`./${path}`, 'utf8')).toBe(content);
      expect(thrownBy(() => fs.readFileSync(`${path}.no`))).toMatchObject({
        code: 'ENOENT',
        path: `${path}.no`,
      });
    } finally {
      process.chdir(before);
    }
  });

  test('is in the errors as it was written', async () => {
    const { fs, at } = mounts;
    const missing = `${at(path)}.missing`;
    const expected = {
      code: 'ENOENT',
      errno: -2,
      syscall: 'open',
      path: missing,
      message: `ENOENT: no such file or directory, open '${missing}'`,
    };
    expect(thrownBy(() => fs.readFileSync(missing))).toMatchObject(expected);
    await expect(fs.promises.readFile(missing)).rejects.toMatchObject(expected);
    await expect(calledBack(fs.readFile, missing)).rejects.toMatchObject(expected);
    expect(fs.statSync(missing, { throwIfNoEntry: false })).toBeUndefined();
  });

  test('demands a directory with a slash behind it', () => {
    const { fs, at } = mounts;
    expect(thrownBy(() => fs.statSync(`${at(path)}/`))).toMatchObject({ code: 'ENOTDIR' });
  });

  test('is where writes go', async () => {
    const { fs, at } = mounts;
    fs.writeFileSync(at(path), 'sync');
    fs.appendFileSync(at(path), '+');
    await fs.promises.appendFile(at(path), 'promise');
    await calledBack(fs.appendFile, at(path), '+callback');
    expect(fs.readFileSync(at(path), 'utf8')).toBe('sync+promise+callback');
    await fs.promises.truncate(at(path), 4);
    await fs.promises.rename(at(path), `${at(path)}.moved`);
    expect(fs.existsSync(at(path))).toBe(false);
    expect(fs.statSync(`${at(path)}.moved`).size).toBe(4);
    fs.rmSync(`${at(path)}.moved`);
    await fs.promises.mkdir(`${at(path)}/a/b`, { recursive: true });
    expect(fs.realpathSync(`${at(path)}/a/../a/b`)).toBe(`${at(path)}/a/b`);
    expect(fs.realpathSync.native(`${at(path)}/a/b/`)).toBe(`${at(path)}/a/b`);
    const made = fs.mkdtempSync(`${at(path)}/a/b/t-`);
    expect(fs.statSync(made).isDirectory()).toBe(true);
    await fs.promises.rm(at(path), { recursive: true });
    expect(await calledBack(fs.readdir, at(path).replace(/\/[^/]*$/, ''))).toEqual([]);
  });
});

test('a path is asked of its owner alone', async () => {
  const { fs, at, runs, artifacts, base } = mounts;
  await fs.promises.stat(at('wandb/runs/e/p/r/file.txt'));
  fs.existsSync(at('wandb/runs/missing'));
  await calledBack(fs.writeFile, at('wandb/runs/e/new'), 'x');
  expect(runs.asked).not.toEqual([]);
  expect(artifacts.asked).toEqual([]);
  expect(base.asked).toEqual([]);

  runs.asked.length = 0;
  fs.readFileSync(at('local/file.txt'));
  await expect(fs.promises.stat(at('wandb/runs-beside'))).rejects.toMatchObject({ code: 'ENOENT' });
  fs.existsSync('/package.json');
  fs.mkdirSync(at('local/sub/sub'), { recursive: true });
  await fs.promises.cp(at('local'), at('copy'), { recursive: true });
  fs.rmSync(at('copy'), { recursive: true });
  expect(runs.asked).toEqual([]);
  expect(artifacts.asked).toEqual([]);
  expect(base.asked).toEqual(
    expect.arrayContaining(['readFileSync', 'stat', 'existsSync', 'mkdirSync', 'cp', 'rmSync']),
  );
});

test('the longest prefix wins', () => {
  const { runs, artifacts, base, at } = mounts;
  const fs = mountAll({ [at('m')]: runs.fs, [at('m/e/inner')]: artifacts.fs }, base.fs);
  expect(fs.readFileSync(at('m/e/p/r/file.txt'), 'utf8')).toBe('of the run');
  expect(fs.readFileSync(at('m/e/inner/model.bin'), 'utf8')).toBe('of the artifact');
  expect(fs.readdirSync(at('m/e')).sort()).toEqual(['inner', 'p']);
  expect(fs.readdirSync(at('m'), { recursive: true }).sort()).toEqual([
    'e',
    'e/inner',
    'e/inner/model.bin',
    'e/p',
    'e/p/r',
    'e/p/r/file.txt',
  ]);
});

test('the trees go on under their own paths', () => {
  const { fs, at, runs } = mounts;
  fs.writeFileSync(at('wandb/runs/e/p/r/new.txt'), 'new');
  expect(runs.fs.readFileSync('/e/p/r/new.txt', 'utf8')).toBe('new');
  expect(thrownBy(() => runs.fs.statSync('/e/missing'))).toMatchObject({ path: '/e/missing' });
  expect(thrownBy(() => runs.fs.statSync(at('wandb/runs/e')))).toMatchObject({ code: 'ENOENT' });
});

test('arguments that name nothing are refused as the base refuses them', async () => {
  const { fs } = mounts;
  const bad = [undefined, null, 1.5, {}, [], '\0', new URL('https://wandb.ai/x'), ''];
  for (const path of bad as string[]) {
    for (const name of [
      'readFileSync',
      'statSync',
      'mkdirSync',
      'readdirSync',
      'rmSync',
      'copyFileSync',
    ] as const) {
      const call = (of: typeof nodeFs) => thrownBy(() => Reflect.apply(of[name], of, [path, path]));
      const { message, code } = call(nodeFs);
      expect(call(fs)).toMatchObject({ message, code });
    }
    const { code } = await errorOf(() => nodeFs.promises.readdir(path));
    expect(await errorOf(() => fs.promises.readdir(path))).toMatchObject({ code });
  }
  expect(() => Reflect.apply(fs.stat, null, ['/x'])).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
  );
});

test('a web address is no path, wherever the process is', () => {
  const fs = mountAll({ [process.cwd()]: makeTree(mounts.at('wandb/runs')).fs }, nodeFs);
  for (const address of ['https://wandb.ai/e/p/runs/r', 'wandbfs://e/p/r']) {
    expect(() => fs.readFileSync(new URL(address))).toThrow('The URL must be of scheme file');
  }
});
