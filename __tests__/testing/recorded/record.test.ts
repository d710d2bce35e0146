import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recorded } from 'wandb-fs';
import type { FakeWandb } from 'wandb-fs/testing';
import { makeDirectory } from '../../helpers/directories.js';
import { STANDARD, useServer } from '../../helpers/server.js';
import { mountBoth, portraits } from './portrait.js';
import { FEATURES, recorderOf, replayed, seedRichWorld, sheet } from './rich-world.js';

const server = useServer({ ...STANDARD, ...FEATURES });
beforeAll(() => seedRichWorld(server));

const record = recorderOf(server);

const EVERYTHING = ['lab', 'wandbas://lab', 'wandbas://hub'];
/** All of the server, recorded once. */
let everything: Recorded;
beforeAll(async () => {
  everything = await record(EVERYTHING);
});

describe('a recorded world', () => {
  test('shows, tells and holds what was recorded', async () => {
    const { directory, ...told } = everything;
    expect(told).toMatchObject({ runs: 3, versions: 5, leftOut: [] });
    const before = await portraits(server, ['lab', 'hub']);
    expect(await replayed(directory, (replay) => portraits(replay, ['lab', 'hub']))).toEqual(before);
  });

  test('is recorded anew from a server that serves it as it was', async () => {
    const { directory } = everything;
    await replayed(directory, async (replay) => {
      const { runs } = mountBoth(replay);
      const again = await runs.wandb.record(EVERYTHING, join(await makeDirectory(), 'again'));
      await runs.wandb.close();
      const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
      expect(readdirSync(again.directory, { recursive: true, encoding: 'utf8' }).sort()).toEqual(names);
      const jsons = names.filter((name) => name.endsWith('.json') && !name.includes('/files/'));
      expect(jsons.length).toBeGreaterThan(10);
      for (const name of jsons) expect(sheet(again.directory, name)).toEqual(sheet(directory, name));
    });
  });

  test('has each content once, whichever tree it is in', async () => {
    const { directory } = everything;
    const petals = join(directory, 'lab/flowers/artifacts/dataset/petals');
    expect(sheet(petals, 'v1/version.json').files).toMatchObject({
      'model.bin': { sameAs: 'lab/flowers/runs/r1/files/model/last.bin' },
      'iris.csv': { sameAs: 'lab/flowers/artifacts/dataset/petals/v0/files/iris.csv' },
    });
    expect(existsSync(join(petals, 'v1/files/model.bin'))).toBe(false);
  });

  test('holds neither keys nor addresses of the server', async () => {
    const { directory } = everything;
    const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    const texts = names
      .filter((name) => /\.json$/.test(name))
      .map((name) => readFileSync(join(directory, name), 'utf8'));
    for (const text of texts) {
      expect(text).not.toContain(server.apiKey);
      expect(text).not.toMatch(/https?:\/\/(127|localhost)|Signature/);
    }
  });
});

describe('the directory', () => {
  test('of another world is replaced as a whole, if that is asked for', async () => {
    const { directory } = await record(['lab/flowers']);
    await expect(record(['lab/empty'], {}, directory)).rejects.toMatchObject({ code: 'EEXIST' });
    expect(readdirSync(join(directory, 'lab')).sort()).toEqual(['entity.json', 'flowers']);
    await record(['lab/empty'], { replace: true }, directory);
    expect(readdirSync(join(directory, 'lab')).sort()).toEqual(['empty', 'entity.json']);
    expect(readdirSync(join(directory, '..'))).toEqual(['world']);
  });

  test('of anything else is left alone, but for an empty one', async () => {
    const directory = join(await makeDirectory(), 'mine');
    mkdirSync(directory);
    writeFileSync(join(directory, 'precious.txt'), 'mine');
    await expect(record(['lab/empty'], { replace: true }, directory)).rejects.toMatchObject({
      code: 'ENOTEMPTY',
    });
    expect(readdirSync(directory)).toEqual(['precious.txt']);
    const empty = await makeDirectory();
    await record(['lab/empty'], {}, empty);
    expect(existsSync(join(empty, 'wandb-world.json'))).toBe(true);
  });

  test('keeps the old world, and nothing besides, where a download fails', async () => {
    const { directory } = await record(['lab/empty']);
    await server.faults([{ match: { side: 'storage' }, status: 404, times: 100 }]);
    const failed = record(['lab/flowers'], { replace: true }, directory);
    await expect(failed).rejects.toThrow();
    await server.faults([]);
    expect(readdirSync(join(directory, 'lab')).sort()).toEqual(['empty', 'entity.json']);
    expect(readdirSync(join(directory, '..'))).toEqual(['world']);
  });

  test('appears not at all where the recording is given up', async () => {
    const parent = await makeDirectory();
    const signal = AbortSignal.abort();
    const aborted = record(['lab'], { signal }, join(parent, 'world'));
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
    expect(readdirSync(parent)).toEqual([]);
  });
});

/** The last one, for it changes the server. */
test('a recorded world takes commits as the server does: digests, numbers, aliases, and what needs no upload', async () => {
  const { directory } = everything;
  const commits = async (wandb: FakeWandb) => {
    const { artifacts: fs, runs } = mountBoth(wandb);
    const collection = 'lab/flowers/dataset/petals';
    await fs.promises.cp(`${collection}/v1`, `${collection}/same`, { recursive: true });
    const same = await fs.wandb.commit(`${collection}/same`);
    await fs.promises.cp(`${collection}/v0`, `${collection}/next`, { recursive: true });
    await fs.promises.writeFile(`${collection}/next/new.txt`, 'new');
    await fs.promises.writeFile(`${collection}/next/known.txt`, 'B');
    await wandb.requests({ clear: true });
    const next = await fs.wandb.commit(`${collection}/next`, { aliases: ['fresh'] });
    const puts = (await wandb.requests()).filter(({ method }) => method === 'PUT').length;
    await Promise.all([fs, runs].map(({ wandb: control }) => control.close()));
    return { same: { ...same, id: null }, next: { ...next, id: null }, puts };
  };
  const replay = await replayed(directory, commits);
  expect(replay).toMatchObject({ same: { version: 'v1', deduplicated: true }, next: { version: 'v2' } });
  expect(replay).toEqual(await commits(server));
});
