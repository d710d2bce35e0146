import { createWandbArtifactFs, createWandbFs, type WandbFs } from 'wandb-fs';
import { type FakeWandb, startFakeWandb } from 'wandb-fs/testing';
import { type Sdk, startSdk } from './sdk.js';

jest.setTimeout(120_000);

const CSV = 'x,y\n1,one\n2,zwei\n';
const RUN = 'team/project/run';

describe('wandbfsspec, the adapter for Python, sees what we wrote', () => {
  let wandb: FakeWandb;
  let python: Sdk;
  let runs: WandbFs;
  let artifacts: WandbFs;
  beforeAll(async () => {
    wandb = await startFakeWandb({ viewer: { entity: 'team' } });
    python = await startSdk(wandb, { module: 'sdk_fsspec' });
    const options = { baseUrl: wandb.url, apiKey: wandb.apiKey };
    runs = createWandbFs(options);
    artifacts = createWandbArtifactFs(options);

    await runs.promises.mkdir(`/${RUN}/dir/deep`, { recursive: true });
    await runs.promises.writeFile(`/${RUN}/table.csv`, CSV);
    await runs.promises.writeFile(`/${RUN}/dir/b.txt`, 'hello world');
    await runs.promises.writeFile(`/${RUN}/dir/deep/c.txt`, 'c');
    await runs.wandb.flush();

    await artifacts.promises.mkdir('/team/project/dataset/set/draft/dir', { recursive: true });
    await artifacts.promises.writeFile('/team/project/dataset/set/draft/table.csv', CSV);
    await artifacts.promises.writeFile('/team/project/dataset/set/draft/dir/b.txt', 'bb');
    await artifacts.wandb.commit('/team/project/dataset/set/draft');
  });
  afterAll(async () => {
    await runs.wandb.close();
    await artifacts.wandb.close();
    await python.close();
    await wandb.close();
  });

  const list = (protocol: 'wandbfs' | 'wandbas', path: string) => ({ do: 'list', protocol, path });

  test('`ls` of run files, level by level', async () => {
    expect(
      await python.run(list('wandbfs', 'team'), list('wandbfs', RUN), list('wandbfs', `${RUN}/dir`)),
    ).toEqual([
      [['project', 'directory', 0]],
      [
        [`${RUN}/dir`, 'directory', 0],
        [`${RUN}/table.csv`, 'file', CSV.length],
      ],
      [
        [`${RUN}/dir/b.txt`, 'file', 11],
        [`${RUN}/dir/deep`, 'directory', 0],
      ],
    ]);
  });

  test('`find` goes down', async () => {
    expect(await python.run({ do: 'find', protocol: 'wandbfs', path: RUN })).toEqual([
      [`${RUN}/dir/b.txt`, `${RUN}/dir/deep/c.txt`, `${RUN}/table.csv`],
    ]);
  });

  test('`open` reads from the middle', async () => {
    const read = { do: 'read', protocol: 'wandbfs', path: `${RUN}/dir/b.txt`, offset: 2, length: 5 };
    expect(await python.run(read)).toEqual([{ whole: 'hello world', part: 'llo w' }]);
  });

  test("pandas' `read_csv` reads a table by its address", async () => {
    expect(await python.run({ do: 'readCsv', url: `wandbfs://${RUN}/table.csv` })).toEqual([
      [
        { x: 1, y: 'one' },
        { x: 2, y: 'zwei' },
      ],
    ]);
  });

  test('what it puts is read by us', async () => {
    await python.run({ do: 'put', protocol: 'wandbfs', path: `${RUN}/put/theirs.txt`, text: 'theirs' });
    runs.wandb.refresh(`/${RUN}`);
    expect(await runs.promises.readFile(`/${RUN}/put/theirs.txt`, 'utf8')).toBe('theirs');
  });

  test('`ls` and `find` of artifacts', async () => {
    const version = 'team/project/dataset/set/v0';
    expect(
      await python.run(
        list('wandbas', 'team/project'),
        list('wandbas', 'team/project/dataset'),
        list('wandbas', 'team/project/dataset/set'),
        { do: 'find', protocol: 'wandbas', path: version },
      ),
    ).toEqual([
      [['team/project/dataset', 'directory', 0]],
      [['team/project/dataset/set', 'directory', 0]],
      [[version, 'directory', 0]],
      [`${version}/dir/b.txt`, `${version}/table.csv`],
    ]);
  });
});
