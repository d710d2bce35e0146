import type { Dir } from 'node:fs';
import { createWandbFs, type WandbFs } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { measure } from './helpers/requests.js';

const PAGE = 10;
const COUNT = 45;
const numbers = Array.from({ length: COUNT }, (_, index) => String(index).padStart(2, '0'));

const server = useServer({ ...STANDARD, limits: { ...STANDARD.limits, page: PAGE } });
let fs: WandbFs;
beforeAll(async () => {
  const runs = numbers.map((number) => [`e/runs/r${number}`, { 'f.txt': 'x' }] as const);
  const files = numbers.map((number) => [`f${number}.txt`, 'x'] as const);
  const below = numbers.map((number) => [`d/${number}.txt`, 'x'] as const);
  await server.seed({
    ...Object.fromEntries(runs),
    'e/p/files': Object.fromEntries(files),
    'e/p/deep': { ...Object.fromEntries(below), 'z.txt': 'x' },
  });
});
beforeEach(() => {
  fs = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey });
});
afterEach(() => fs.wandb.close());

const LEVELS = [
  ['project', '/e/runs'],
  ['run', '/e/p/files'],
] as const;

const PAGES = Math.ceil(COUNT / PAGE);

/** Each reads one entry, and closes. */
const STYLES: readonly (readonly [string, (path: string) => Promise<string | undefined>])[] = [
  [
    'by promises',
    async (path) => {
      const directory = await fs.promises.opendir(path);
      const entry = await directory.read();
      await directory.close();
      return entry?.name;
    },
  ],
  [
    'by callbacks',
    (path) =>
      new Promise((resolve, reject) =>
        fs.opendir(path, (error, directory) => {
          if (error) return reject(error);
          directory.read((_error, entry) => directory.close(() => resolve(entry?.name)));
        }),
      ),
  ],
  [
    'by iteration',
    async (path) => {
      for await (const { name } of await fs.promises.opendir(path)) return name;
      return undefined;
    },
  ],
  [
    'by returning calls',
    async (path) => {
      const directory = fs.opendirSync(path);
      const entry = directory.readSync();
      directory.closeSync();
      return entry?.name;
    },
  ],
];

describe.each(LEVELS)('a %s of many pages', (_level, path) => {
  test.each(STYLES)(
    'shows its first entry after one page, and isn’t asked for more: %s',
    async (_style, first) => {
      const { graphql } = await measure(server, async () => expect(await first(path)).toMatch(/^[rf]00/));
      expect(graphql).toBe(1);
    },
  );

  test('shows each entry once, and is known then', async () => {
    const { graphql } = await measure(server, async () => {
      const names = await drained(await fs.promises.opendir(path));
      expect([...names].sort()).toEqual([...fs.readdirSync(path)].sort());
      expect(names).toHaveLength(COUNT);
      expect(fs.existsSync(`${path}/none`)).toBe(false);
    });
    expect(graphql).toBe(PAGES);
  });

  test('denies nothing that its first page doesn’t show', async () => {
    const directory = await fs.promises.opendir(path);
    const { name } = (await directory.read()) ?? {};
    await directory.close();
    const last = `${path}/${name?.replace('00', String(COUNT - 1))}`;
    expect(fs.existsSync(last)).toBe(true);
    expect(await fs.promises.readdir(path)).toHaveLength(COUNT);
  });
});

test('what is written and removed while a directory is read is shown as it is when its page comes', async () => {
  const directory = await fs.promises.opendir('/e/p/files');
  await directory.read();
  await fs.promises.writeFile('/e/p/files/new.txt', 'new');
  await fs.promises.unlink('/e/p/files/f40.txt');
  const names = await drained(directory);
  expect(names).toHaveLength(COUNT - 1);
  expect(names).toContain('new.txt');
  expect(names).not.toContain('f40.txt');
  await fs.promises.unlink('/e/p/files/new.txt');
  await fs.promises.writeFile('/e/p/files/f40.txt', 'x');
});

test('a directory within a run is read page by page of the run', async () => {
  expect(await drained(await fs.promises.opendir('/e/p/deep/d'))).toHaveLength(COUNT);
  expect(fs.existsSync('/e/p/deep/none')).toBe(false);
});

test('a run whose directories are all opened is listed once', async () => {
  const { graphql } = await measure(server, async () => {
    const directory = await fs.promises.opendir('/e/p/deep', { recursive: true });
    expect(await drained(directory)).toHaveLength(COUNT + 2);
  });
  expect(graphql).toBe(PAGES);
});

test('one that was opened can be read by returning calls where these can’t wait', async () => {
  const inProcess = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey, sync: 'off' });
  const directory = await inProcess.promises.opendir('/e/p');
  expect(directory.readSync()?.name).toBe('deep');
  expect(directory.readSync()?.name).toBe('files');
  expect(directory.readSync()).toBeNull();
  await inProcess.wandb.close();
});

async function drained(directory: Dir): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of directory) names.push(name);
  return names;
}
