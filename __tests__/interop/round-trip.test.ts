import { createWandbFs, type WandbFs } from 'wandb-fs';
import { type FakeWandb, startFakeWandb } from 'wandb-fs/testing';
import { awkwardFiles } from '../../__fixtures__/index.js';
import { downloaded, type Files, filesOf, type Sdk, startSdk } from './sdk.js';
import { readTree, sumsOf, writeTree } from './trees.js';

jest.setTimeout(120_000);

/** Every byte, nothing, and more than one page of the page cache. */
const contents: Files = {
  'bytes/all.bin': Buffer.from(Uint8Array.from({ length: 256 }, (_, i) => i)),
  'bytes/none.bin': Buffer.alloc(0),
  'bytes/many.bin': Buffer.from(Uint8Array.from({ length: (2 << 20) + 3 }, (_, i) => (i * 31) % 251)),
};

describe('the official SDK and wandb-fs see the same files', () => {
  let wandb: FakeWandb;
  let sdk: Sdk;
  let fs: WandbFs;
  let run: string;
  let runs = 0;
  beforeAll(async () => {
    wandb = await startFakeWandb({ viewer: { entity: 'team' } });
    sdk = await startSdk(wandb);
  });
  afterAll(async () => {
    await sdk.close();
    await wandb.close();
  });
  beforeEach(async () => {
    run = `team/project/run-${++runs}`;
    await wandb.seed({ [run]: {} });
    fs = createWandbFs({ baseUrl: wandb.url, apiKey: wandb.apiKey });
  });
  afterEach(() => fs.wandb.close());

  const writeAll = async (directory: string, files: Files): Promise<void> => {
    await writeTree(fs, directory, files);
    await fs.wandb.flush();
  };

  test('a run that the SDK logged and saved is read byte for byte, in every style', async () => {
    const live = 'team/project/live';
    const [, sdkSees] = await sdk.run(
      {
        do: 'live',
        run: live,
        files: contents,
        config: { lr: 0.1 },
        log: [{ loss: 0.5 }],
        console: ['hello'],
      },
      { do: 'download', run: live },
    );
    const expected = downloaded(sdkSees);
    expect(Object.keys(expected)).toEqual(
      expect.arrayContaining([...Object.keys(contents), 'config.yaml', 'output.log']),
    );
    expect(sumsOf(await readTree(fs, `/${live}`))).toEqual(sumsOf(expected));
    expect(fs.readdirSync('/team/project')).toContain('live');
    expect(fs.readFileSync(`/${live}/output.log`, 'utf8')).toBe('hello\n');
    expect(fs.readFileSync(`/${live}/bytes/many.bin`).equals(contents['bytes/many.bin'] as Buffer)).toBe(
      true,
    );
    expect(fs.statSync(`/${live}/bytes/none.bin`).size).toBe(0);
    const config = await new Promise((resolve, reject) => {
      fs.readFile(`/${live}/config.yaml`, 'utf8', (error, text) => (error ? reject(error) : resolve(text)));
    });
    expect(config).toMatch(/lr:\s+value: 0\.1/);
  });

  test('what wandb-fs wrote the SDK lists and downloads byte for byte', async () => {
    await writeAll(`/${run}`, contents);
    const [listed, sdkSees] = await sdk.run({ do: 'files', run }, { do: 'download', run });
    expect(sumsOf(downloaded(sdkSees))).toEqual(sumsOf(contents));
    const sizes = (listed as { name: string; size: number }[]).map(({ name, size }) => [name, size]);
    expect(Object.fromEntries(sizes)).toEqual(
      Object.fromEntries(Object.entries(contents).map(([name, content]) => [name, content.length])),
    );
  });

  test('awkward names go both ways', async () => {
    const files = filesOf(awkwardFiles());
    await wandb.seed({ 'team/project/from-sdk': {} });
    await writeAll(`/${run}`, files);
    const [sdkSees] = await sdk.run(
      { do: 'download', run },
      { do: 'upload', run: 'team/project/from-sdk', files },
    );
    expect(downloaded(sdkSees)).toEqual(files);
    expect(await readTree(fs, '/team/project/from-sdk')).toEqual(files);
  });

  test('changes of one are seen by the other', async () => {
    await writeAll(`/${run}`, filesOf({ 'ours.txt': 'ours', 'shared.txt': 'first', 'kept.txt': 'kept' }));
    // Once a listing has shown an upload, its absence from the next one means that it was removed.
    fs.wandb.refresh(`/${run}`);
    await fs.promises.readdir(`/${run}`);
    await sdk.run(
      { do: 'upload', run, files: filesOf({ 'shared.txt': 'second', 'theirs.txt': 'theirs' }) },
      { do: 'delete', run, names: ['ours.txt'] },
    );
    fs.wandb.refresh(`/${run}`);
    expect(await fs.promises.readFile(`/${run}/shared.txt`, 'utf8')).toBe('second');
    expect((await fs.promises.readdir(`/${run}`)).sort()).toEqual(['kept.txt', 'shared.txt', 'theirs.txt']);

    await fs.promises.unlink(`/${run}/theirs.txt`);
    await fs.promises.rename(`/${run}/shared.txt`, `/${run}/moved.txt`);
    await fs.promises.appendFile(`/${run}/kept.txt`, ' and changed');
    await fs.wandb.flush();
    const [sdkSees] = await sdk.run({ do: 'download', run });
    expect(downloaded(sdkSees)).toEqual(filesOf({ 'moved.txt': 'second', 'kept.txt': 'kept and changed' }));
  });

  test('a run that wandb-fs made is a finished run of the project', async () => {
    await fs.promises.mkdir('/team/fresh/made', { recursive: true });
    await writeAll('/team/fresh/made', filesOf({ 'a.txt': 'a' }));
    const [runs, sdkSees] = await sdk.run(
      { do: 'runs', project: 'team/fresh' },
      { do: 'download', run: 'team/fresh/made' },
    );
    expect(runs).toMatchObject({ count: 1, runs: [{ id: 'made', state: 'finished' }] });
    expect(downloaded(sdkSees)).toEqual(filesOf({ 'a.txt': 'a' }));
  });
});
