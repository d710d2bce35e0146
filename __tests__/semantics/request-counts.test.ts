import type { WandbFs } from 'wandb-fs';
import { useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';
import { costOf, measure, NOTHING, pagesOf, requestsOf } from './helpers/requests.js';
import { call, errorOf, STYLES } from './helpers/styles.js';

/** 501 files in 11 directories. */
const files: Record<string, string> = { 'config.yaml': 'lr: 0.1\n' };
for (let index = 0; index < 500; index++) files[`media/step-${index % 10}/${index}.txt`] = `image ${index}`;
const names = Object.keys(files);

/** The first touch brings the first page. Where there are more, all are asked for anew: they must be of one time. */
const wholeListing = { ...NOTHING, graphql: pagesOf(501) };

describe('what reading costs', () => {
  const server = useServer();
  let run: string;
  let fs: WandbFs;
  beforeAll(async () => {
    run = await makeRun(server, files);
  });
  beforeEach(() => {
    fs = mount(server);
  });

  const cost = (work: () => unknown) => measure(server, work);

  describe.each(STYLES)('%s calls', (style) => {
    test('readdir of a run: one request cold (and one for each page of a smaller server), none warm', async () => {
      expect(await cost(() => call(fs, style, 'readdir', run))).toEqual(wholeListing);
      expect(await cost(() => call(fs, style, 'readdir', run))).toEqual(NOTHING);
    });

    test('a walk through all of it costs what its first directory costs', async () => {
      const seen: unknown[] = [];
      const walk = async (directory: string): Promise<void> => {
        for (const name of (await call(fs, style, 'readdir', directory)) as string[]) {
          const path = `${directory}/${name}`;
          const stats = (await call(fs, style, 'lstat', path)) as { isDirectory(): boolean };
          if (stats.isDirectory()) await walk(path);
          else seen.push(path.slice(run.length + 1));
        }
      };
      expect(await cost(() => walk(run))).toEqual(wholeListing);
      expect(seen.sort()).toEqual([...names].sort());
    });

    test('stat of every file of a listed run costs nothing', async () => {
      await fs.promises.readdir(run);
      const statAll = async (): Promise<void> => {
        for (const name of names) await call(fs, style, 'stat', `${run}/${name}`);
      };
      expect(await cost(statAll)).toEqual(NOTHING);
    });

    test('what a listed run does not have costs nothing to find out', async () => {
      await fs.promises.readdir(run);
      const missing = `${run}/media/step-3/missing.txt`;
      const ask = async (): Promise<void> => {
        for (const name of ['stat', 'lstat', 'access', 'readFile', 'readdir', 'unlink'])
          expect(await errorOf(() => call(fs, style, name, missing))).toMatchObject({ code: 'ENOENT' });
      };
      expect(await cost(ask)).toEqual(NOTHING);
    });

    test('a cold readFile of one file: one GraphQL request, one GET', async () => {
      const read = async (): Promise<void> => {
        expect(String(await call(fs, style, 'readFile', `${run}/media/step-7/7.txt`))).toBe('image 7');
      };
      expect(await cost(read)).toEqual({ ...NOTHING, graphql: 1, gets: 1 });
      expect(await cost(read)).toEqual(NOTHING);
    });
  });

  test('a recursive readdir costs as much as a plain one', async () => {
    let seen: readonly string[] = [];
    const list = async (): Promise<void> => {
      seen = await fs.promises.readdir(run, { recursive: true });
    };
    expect(await cost(list)).toEqual(wholeListing);
    expect(seen).toHaveLength(501 + 11);
  });

  test('exists says no without a request', async () => {
    await fs.promises.readdir(run);
    expect(await cost(() => expect(fs.existsSync(`${run}/nothing`)).toBe(false))).toEqual(NOTHING);
  });

  test('a hundred files read at once: their addresses in few requests, and a GET each', async () => {
    const wanted = names.slice(0, 100);
    const read = async (): Promise<void> => {
      const contents = await Promise.all(
        wanted.map((name) => fs.promises.readFile(`${run}/${name}`, 'utf8')),
      );
      expect(contents).toEqual(wanted.map((name) => files[name]));
    };
    const { graphql, gets } = await cost(read);
    expect(gets).toBe(100);
    expect(graphql).toBeLessThanOrEqual(2 + pagesOf(501));
  });

  test('addresses of files that were listed before are asked for together', async () => {
    await fs.promises.readdir(run);
    const wanted = names.slice(0, 100);
    const read = () => Promise.all(wanted.map((name) => fs.promises.readFile(`${run}/${name}`)));
    const { graphql, gets } = await cost(read);
    expect(gets).toBe(100);
    expect(graphql).toBeLessThanOrEqual(2);
  });

  test('who asks for the same at once shares one request', async () => {
    const list = () => Promise.all(Array.from({ length: 50 }, () => fs.promises.readdir(run)));
    expect(await cost(list)).toEqual(wholeListing);
    const path = `${run}/config.yaml`;
    const read = () => Promise.all(Array.from({ length: 50 }, () => fs.promises.readFile(path)));
    expect(await cost(read)).toEqual({ ...NOTHING, graphql: 1, gets: 1 });
  });

  test('the features of the server are asked for at most once by each fs object', async () => {
    const requests = await requestsOf(server, async () => {
      await fs.promises.readdir(run);
      await fs.promises.readFile(`${run}/config.yaml`);
      for (const name of ['a', 'b']) {
        await fs.promises.writeFile(`${run}/${name}.tmp`, name);
        await fs.wandb.flush();
        await fs.promises.unlink(`${run}/${name}.tmp`);
      }
    });
    expect(costOf(requests).featureQueries).toBeLessThanOrEqual(1);
  });

  test('an fs object that is made and closed, and never used, costs nothing', async () => {
    const unused = mount(server);
    expect(costOf(await requestsOf(server, () => unused.wandb.close()))).toEqual(NOTHING);
  });
});
