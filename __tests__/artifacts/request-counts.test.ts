import type { WandbFs } from 'wandb-fs';
import { STANDARD } from '../helpers/server.js';
import { apiCalls, mount, newCollection, requestsOf, useLab } from './helpers/mounts.js';

const MANY = 10_000;

describe('what reading a version of 10,000 files costs', () => {
  const collection = newCollection();
  const server = useLab(STANDARD);
  let fs: WandbFs;
  beforeAll(async () => {
    const files = Object.fromEntries(
      Array.from({ length: MANY }, (_, index) => [`d${index % 100}/${index}.txt`, `file ${index}`]),
    );
    await server.seedArtifacts({
      [collection]: { versions: [{ files }, { files: { ...files, 'd0/0.txt': 'changed' } }] },
    });
  });
  beforeEach(() => {
    fs = mount(server);
  });

  test('one file whose name is known: one API request and one GET, no manifest', async () => {
    for (const version of ['v0', 'latest']) {
      const path = `/${collection}/${version}/d7/4207.txt`;
      const cold = mount(server);
      const counts = await requestsOf(server, async () => {
        expect(await cold.promises.readFile(path, 'utf8')).toBe('file 4207');
      });
      expect(counts).toEqual({ [Object.keys(counts)[0] ?? '']: 1, 'GET content': 1 });
      expect(apiCalls(counts)).toBe(1);
    }
  });

  test('listing all of it: one API request and the manifest; then nothing', async () => {
    const counts = await requestsOf(server, async () => {
      expect(await fs.promises.readdir(`/${collection}/v0`, { recursive: true })).toHaveLength(MANY + 100);
    });
    expect(counts['GET manifest']).toBe(1);
    expect(apiCalls(counts)).toBe(1);
    const warm = await requestsOf(server, async () => {
      await fs.promises.readdir(`/${collection}/v0/d3`);
      fs.statSync(`/${collection}/v0/d3/103.txt`);
      fs.existsSync(`/${collection}/v0/d3/nothing`);
    });
    expect(warm).toEqual({});
  });

  test('a name that is not there: one API request and the manifest', async () => {
    const counts = await requestsOf(server, () => fs.existsSync(`/${collection}/v0/d3/nothing`));
    expect([apiCalls(counts), counts['GET manifest']]).toEqual([1, 1]);
  });

  test('names that are not there cost no more than the first of them', async () => {
    await fs.promises.readFile(`/${collection}/v0/d7/4207.txt`);
    const counts = await requestsOf(server, () => {
      for (let index = 0; index < 20; index++) fs.existsSync(`/${collection}/v0/d3/nothing-${index}`);
    });
    expect([apiCalls(counts), counts['GET manifest']]).toEqual([1, 1]);
  });

  test('a file that another version has with the same digest: no GET', async () => {
    await fs.promises.readFile(`/${collection}/v0/d7/4207.txt`);
    const counts = await requestsOf(server, () => fs.promises.readFile(`/${collection}/v1/d7/4207.txt`));
    expect(counts['GET content'] ?? 0).toBe(0);
  });

  test('many files of a listed version: their addresses come in batches', async () => {
    await fs.promises.readdir(`/${collection}/v0`);
    const names = Array.from({ length: 500 }, (_, index) => `/${collection}/v0/d${index % 100}/${index}.txt`);
    const counts = await requestsOf(server, () =>
      Promise.all(names.map((name) => fs.promises.readFile(name))),
    );
    expect(counts['GET content']).toBe(500);
    expect(apiCalls(counts)).toBeLessThanOrEqual(2);
  });
});

describe('what committing costs', () => {
  const SMALL = 1000;
  const server = useLab(STANDARD);

  test('1,000 files of 1 KB: 1,000 PUTs and at most 1 % more; again with one changed: one PUT', async () => {
    const collection = newCollection();
    const fs = mount(server);
    const draft = `/${collection}/draft`;
    await fs.promises.mkdir(draft, { recursive: true });
    for (let index = 0; index < SMALL; index++) {
      await fs.promises.writeFile(`${draft}/${index}.bin`, Buffer.alloc(1024, `${index} `));
    }
    const counts = await requestsOf(server, async () => {
      expect(await fs.wandb.commit(draft)).toMatchObject({ version: 'v0', deduplicated: false });
    });
    expect(counts['PUT content']).toBe(SMALL);
    const others = Object.values(counts).reduce((sum, count) => sum + count, 0) - SMALL;
    expect(others).toBeLessThanOrEqual(SMALL / 100 + 5);
    expect(counts.CreateArtifactFiles).toBeLessThanOrEqual(3);

    await fs.promises.cp(`/${collection}/v0`, draft, { recursive: true });
    await fs.promises.writeFile(`${draft}/7.bin`, 'changed');
    const again = await requestsOf(server, async () => {
      expect(await fs.wandb.commit(draft)).toMatchObject({ version: 'v1' });
    });
    expect([again['PUT content'], again['PUT manifest'], again['GET content'] ?? 0]).toEqual([1, 1, 0]);
  });

  test('files that the server has already are not sent, even when they were written anew', async () => {
    const collection = newCollection();
    const fs = mount(server);
    const draft = `/${collection}/draft`;
    for (const last of ['one', 'two']) {
      await fs.promises.mkdir(draft, { recursive: true });
      for (let index = 0; index < 20; index++)
        await fs.promises.writeFile(`${draft}/${index}`, `same ${index}`);
      await fs.promises.writeFile(`${draft}/last`, last);
      const counts = await requestsOf(server, () => fs.wandb.commit(draft));
      expect(counts['PUT content']).toBe(last === 'one' ? 21 : 1);
    }
  });
});
