import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createWandbFs, type RecordOptions } from 'wandb-fs';
import { startFakeWandb } from 'wandb-fs/testing';
import { makeDirectory } from '../../helpers/directories.js';
import { STANDARD, useServer } from '../../helpers/server.js';

const server = useServer(STANDARD);
beforeAll(() => server.seed({ 'lab/one/r': { 'a.txt': 'one' }, 'lab/two/r': { 'a.txt': 'two' } }));

/** @param beforeContent what happens between the first look at the directory and its last */
async function record(
  path: string,
  directory: string,
  options: RecordOptions = {},
  beforeContent: () => unknown = () => {},
) {
  const meanwhile = async (...request: Parameters<typeof fetch>): Promise<Response> => {
    if (String(request[0]).startsWith(server.storageUrl)) await beforeContent();
    return fetch(...request);
  };
  const fs = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey, fetch: meanwhile });
  try {
    return await fs.wandb.record(path, directory, options);
  } finally {
    await fs.wandb.close();
  }
}

const projectsIn = (world: string): string[] =>
  readdirSync(join(world, 'lab')).filter((name) => name !== 'entity.json');
const namesBeside = (world: string): string[] => readdirSync(dirname(world));

describe('what is in the place stays:', () => {
  test('a file, which is ENOTDIR, as one on the way there is', async () => {
    const file = join(await makeDirectory(), 'mine');
    writeFileSync(file, 'mine');
    for (const directory of [file, join(file, 'world')]) {
      const refused = { code: 'ENOTDIR', syscall: 'record', path: directory };
      await expect(record('lab/one', directory, { replace: true })).rejects.toMatchObject(refused);
    }
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(namesBeside(file)).toEqual(['mine']);
  });

  test('a link, and the world appears where it leads', async () => {
    const parent = await makeDirectory();
    const [link, real] = [join(parent, 'link'), join(parent, 'real')];
    mkdirSync(real);
    symlinkSync(real, link, 'junction');
    expect((await record('lab/one', link)).directory).toBe(link);
    await record('lab/two', link, { replace: true });
    expect(readdirSync(parent).sort()).toEqual(['link', 'real']);
    expect(projectsIn(real)).toEqual(['two']);
    expect(projectsIn(link)).toEqual(['two']);
  });

  test('a link that leads to nothing, which is ENOENT', async () => {
    const link = join(await makeDirectory(), 'link');
    symlinkSync(join(dirname(link), 'nothing'), link, 'junction');
    await expect(record('lab/one', link)).rejects.toMatchObject({
      ...{
        code: 'ENOENT',
        path: link,
        message: expect.stringContaining('a symbolic link that leads to nothing'),
      },
    });
    expect(namesBeside(link)).toEqual(['link']);
  });

  test('a world, from which another one inside it would be read', async () => {
    const { directory } = await record('lab/one', join(await makeDirectory(), 'world'));
    for (const inside of [join(directory, 'inner'), join(directory, 'lab/one/runs/r/files/deep/er')]) {
      await expect(record('lab/two', inside)).rejects.toMatchObject({
        ...{ code: 'EINVAL', path: inside, message: expect.stringContaining('within a recorded world') },
      });
      expect(existsSync(inside)).toBe(false);
    }
  });

  test('what somebody puts there while it is recorded', async () => {
    for (const isThere of [false, true]) {
      const directory = join(await makeDirectory(), 'mine');
      if (isThere) mkdirSync(directory);
      const put = () => {
        mkdirSync(directory, { recursive: true });
        writeFileSync(join(directory, 'precious.txt'), 'mine');
      };
      const recorded = record('lab/one', directory, { replace: true }, put);
      await expect(recorded).rejects.toMatchObject({ code: 'ENOTEMPTY', path: directory });
      expect(readdirSync(directory)).toEqual(['precious.txt']);
      expect(namesBeside(directory)).toEqual(['mine']);
    }
  });
});

describe('of two recordings into one directory', () => {
  test('one is there, and the other one says so', async () => {
    const directory = join(await makeDirectory(), 'world');
    const both = await Promise.allSettled(['lab/one', 'lab/two'].map((path) => record(path, directory)));
    const [failed] = both.filter((each) => each.status === 'rejected');
    expect(failed?.reason).toMatchObject({ code: 'EEXIST', path: directory });
    const [made] = both.filter((each) => each.status === 'fulfilled');
    expect(projectsIn(directory)).toEqual([both[0] === made ? 'one' : 'two']);
    expect(namesBeside(directory)).toEqual(['world']);
  });

  test('the second one replaces nothing that it has not seen', async () => {
    const { directory } = await record('lab/one', join(await makeDirectory(), 'world'));
    const replace = true;
    const late = record('lab/one', directory, { replace }, () => record('lab/two', directory, { replace }));
    await expect(late).rejects.toMatchObject({
      ...{ code: 'EEXIST', message: expect.stringContaining('Somebody else recorded there meanwhile') },
    });
    expect(projectsIn(directory)).toEqual(['two']);
    expect(namesBeside(directory)).toEqual(['world']);
  });
});

describe('a recording that was killed when it had taken the old world away', () => {
  /** What it leaves: no world, and beside it both of them. */
  async function killed(): Promise<{ readonly directory: string; readonly beside: string }> {
    const { directory } = await record('lab/one', join(await makeDirectory(), 'world'));
    const beside = join(dirname(directory), `.${basename(directory)}-a1B2c3`);
    mkdirSync(join(beside, 'new'), { recursive: true });
    writeFileSync(join(beside, 'new/wandb-world.json'), '{}');
    renameSync(directory, join(beside, 'old'));
    return { directory, beside };
  }

  test('is undone by the next one, which finds it as it was', async () => {
    const { directory } = await killed();
    await expect(record('lab/two', directory)).rejects.toMatchObject({ code: 'EEXIST' });
    expect(projectsIn(directory)).toEqual(['one']);
    expect(namesBeside(directory)).toEqual(['world']);
  });

  test('is no hindrance for one that is to replace it', async () => {
    const { directory } = await killed();
    await record('lab/two', directory, { replace: true });
    expect(projectsIn(directory)).toEqual(['two']);
    expect(namesBeside(directory)).toEqual(['world']);
  });

  test('is told to who wants that world, with the place where it is', async () => {
    const { directory, beside } = await killed();
    await expect(startFakeWandb({ world: directory })).rejects.toMatchObject({
      ...{
        code: 'ENOENT',
        message: expect.stringContaining(`it lies in ${join(beside, 'old')}. Rename that`),
      },
    });
    // Neither of these is the world that lies there.
    for (const name of ['other', 'wor', 'world-2', '.world']) {
      await expect(server.seedDirectory(join(dirname(directory), name))).rejects.toMatchObject({
        ...{ code: 'ENOENT', message: expect.not.stringContaining('Rename') },
      });
    }
  });

  test('is none of a directory whose name goes on', async () => {
    const { directory } = await record('lab/one', join(await makeDirectory(), 'world'));
    const beside = join(dirname(directory), '.world-2-a1B2c3');
    mkdirSync(beside);
    renameSync(directory, join(beside, 'old'));
    await record('lab/two', directory);
    expect(projectsIn(directory)).toEqual(['two']);
    expect(namesBeside(directory).sort()).toEqual(['.world-2-a1B2c3', 'world']);
  });
});
