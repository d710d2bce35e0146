import type * as nodeFs from 'node:fs';
import type { createWandbFs as CreateWandbFs, mountAll as MountAll } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';

interface Package {
  readonly createWandbFs: typeof CreateWandbFs;
  readonly mountAll: typeof MountAll;
}

const server = useServer(STANDARD);
beforeAll(() => server.seed({ 'team/project/run': { 'a.txt': 'content' } }));

afterEach(() => {
  jest.restoreAllMocks();
  for (const name of ['fs', 'node:fs']) jest.dontMock(name);
  jest.resetModules();
});

const tree = (createWandbFs: typeof CreateWandbFs, mountPoint = '/') =>
  createWandbFs({ baseUrl: server.url, apiKey: server.apiKey, root: 'team/project', mountPoint });

/** The `fs` that a program under test gets, mocked by a factory that loads this package. */
function mockedFs(make: (actual: typeof nodeFs, given: Package) => object): typeof nodeFs {
  const factory = () => make(jest.requireActual('node:fs'), require('wandb-fs'));
  jest.doMock('fs', factory);
  jest.doMock('node:fs', factory);
  return require('node:fs');
}

test('a factory with mountAll over the actual fs', async () => {
  const fs = mockedFs((actual, { createWandbFs, mountAll }) =>
    mountAll({ '/mnt/runs': tree(createWandbFs) }, actual),
  );
  expect(fs.readFileSync('/mnt/runs/run/a.txt', 'utf8')).toBe('content');
  expect(await fs.promises.readFile('/mnt/runs/run/a.txt', 'utf8')).toBe('content');
  expect(fs.existsSync(__filename)).toBe(true);
});

test('a factory with unionfs over the actual fs', () => {
  const fs = mockedFs((actual, { createWandbFs }) => {
    const { Union } = require('unionfs');
    return new Union().use(actual).use(tree(createWandbFs, '/mnt/runs'));
  });
  expect(fs.readFileSync('/mnt/runs/run/a.txt', 'utf8')).toBe('content');
  expect(fs.existsSync(__filename)).toBe(true);
});

test('the mock that Jest makes by itself', () => {
  const fs = mockedFs(() => jest.createMockFromModule('fs'));
  expect(fs.readFileSync(__filename)).toBeUndefined();
  const { createWandbFs }: Package = require('wandb-fs');
  expect(tree(createWandbFs).readFileSync('/run/a.txt', 'utf8')).toBe('content');
});

/** On Node 20 `rmSync` itself, which removes private directories, calls these members of `fs`. */
const OF_RM_SYNC = process.version.startsWith('v20.')
  ? ['lstatSync', 'readdirSync', 'rmdirSync', 'statSync', 'unlinkSync']
  : [];

test('spies on every function of fs hear of nothing, and replace nothing of ours', async () => {
  const { createWandbFs }: Package = require('wandb-fs');
  const actual: typeof nodeFs = jest.requireActual('node:fs');
  const heard: string[] = [];
  const targets: readonly (readonly [string, object])[] = [
    ['fs', actual],
    ['promises', actual.promises],
  ];
  for (const [place, target] of targets) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(target))) {
      // Classes and what converts values; Node's own streams call their members of `fs` with ours.
      if (typeof value !== 'function' || !/^[a-z]/.test(name) || OF_RM_SYNC.includes(name)) continue;
      jest.spyOn(target as Record<string, () => unknown>, name).mockImplementation(() => {
        heard.push(`${place}.${name}`);
        throw new Error(name);
      });
    }
  }
  const fs = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey, cacheBytes: 1 });
  const large = Buffer.alloc(3_000_000, 'x');
  await fs.promises.writeFile('/team/project/run/large.bin', large);
  await fs.wandb.flush();
  expect((await fs.promises.readFile('/team/project/run/large.bin')).equals(large)).toBe(true);
  await fs.wandb.close();
  jest.restoreAllMocks();
  expect(heard).toEqual([]);
});

test("fs-monkey's patchFs of our own object over fs", async () => {
  const { createWandbFs, mountAll }: Package = require('wandb-fs');
  const actual: typeof nodeFs = jest.requireActual('node:fs');
  const before = Object.getOwnPropertyDescriptors(actual);
  const base = Object.defineProperties({}, before) as typeof nodeFs;
  const { patchFs } = require('fs-monkey');
  const mounted = mountAll({ '/mnt/runs': tree(createWandbFs) }, base);
  // It sets every member that it is given, and Node lets nobody set its constants.
  const calls = Object.fromEntries(
    Object.entries(mounted).filter(([, member]) => typeof member === 'function'),
  );
  const unpatch = patchFs(calls, actual);
  try {
    expect(actual.readFileSync('/mnt/runs/run/a.txt', 'utf8')).toBe('content');
    expect(actual.existsSync(__filename)).toBe(true);
    actual.writeFileSync('/mnt/runs/run/large.bin', Buffer.alloc(3_000_000, 'x'));
    expect(actual.statSync('/mnt/runs/run/large.bin').size).toBe(3_000_000);
  } finally {
    unpatch();
    Object.defineProperties(actual, before);
    await mounted.wandb.close();
  }
});
