import nodeFs from 'node:fs';
import { join } from 'node:path';
import { CachedInputFileSystem, type Resolver, ResolverFactory } from 'enhanced-resolve';
import { STANDARD, useServer } from '../helpers/server.js';
import { mount } from '../semantics/helpers/mounts.js';
import { costOf, measure, NOTHING, requestsOf } from '../semantics/helpers/requests.js';
import { type Call, callsOutside, recording, replay } from './helpers/outside.js';
import { makeTwins, makeVersionTwins, rebased } from './helpers/twins.js';

const FILES = {
  'package.json': JSON.stringify({ name: 'app', imports: { '#math': './src/math/index.js' } }),
  'src/index.js': '',
  'src/math/index.js': '',
  'src/math/double.ts': '',
  'node_modules/greet/package.json': JSON.stringify({ name: 'greet', main: './lib/greet.js' }),
  'node_modules/greet/lib/greet.js': '',
  'node_modules/modern/package.json': JSON.stringify({
    name: 'modern',
    exports: { '.': { import: './esm.mjs', require: './cjs.cjs' }, './data': './data.json' },
  }),
  'node_modules/modern/esm.mjs': '',
  'node_modules/modern/cjs.cjs': '',
  'node_modules/modern/data.json': '{}',
};

/** Found by an extension, by `main`, by `exports`, by `imports`, as a directory; and not found in four ways. */
const REQUESTS = [
  './math',
  './math/double',
  '../src/index.js',
  'greet',
  'modern',
  'modern/data',
  '#math',
  './missing',
  'missing',
  'modern/hidden',
  '#hidden',
];

/** What a request resolves to, or the text of the refusal. */
type Answers = Readonly<Record<string, string>>;

const RULES = { extensions: ['.js', '.ts'], conditionNames: ['import'], mainFields: ['main'] };

async function resolveAll(resolver: Resolver, directory: string): Promise<Answers> {
  const answers: Record<string, string> = {};
  for (const request of REQUESTS) {
    answers[request] = await new Promise((resolve) => {
      resolver.resolve({}, join(directory, 'src'), request, {}, (error, found) => {
        resolve(error ? error.message : String(found));
      });
    });
  }
  return rebased(answers, directory);
}

function resolveAllSync(resolver: Resolver, directory: string): Answers {
  const answers: Record<string, string> = {};
  for (const request of REQUESTS) {
    try {
      answers[request] = String(resolver.resolveSync({}, join(directory, 'src'), request));
    } catch (error) {
      answers[request] = (error as Error).message;
    }
  }
  return rebased(answers, directory);
}

const STYLES = [
  [
    'callbacks',
    (fs: typeof nodeFs, directory: string): Promise<Answers> =>
      resolveAll(
        ResolverFactory.createResolver({ ...RULES, fileSystem: new CachedInputFileSystem(fs, 4000) }),
        directory,
      ),
  ],
  [
    'sync calls',
    async (fs: typeof nodeFs, directory: string): Promise<Answers> =>
      resolveAllSync(
        ResolverFactory.createResolver({
          ...RULES,
          fileSystem: new CachedInputFileSystem(fs, 4000),
          useSyncFileSystemCalls: true,
        }),
        directory,
      ),
  ],
] as const;

const server = useServer(STANDARD);
beforeAll(async () => {
  await server.seed({ 'lab/project/first': {} });
});

describe.each(STYLES)('enhanced-resolve with %s', (_, resolve) => {
  test('resolves in a run as it does on the disk, and reads three package.json for it', async () => {
    const { mountPoint, disk, mountCold } = await makeTwins(server, FILES);
    let answers: Answers = {};
    const cost = await measure(server, async () => {
      answers = await resolve(mountCold(), mountPoint);
    });
    expect(answers).toEqual(await resolve(nodeFs, disk));
    expect(answers).toMatchObject({
      './math/double': '/base/src/math/double.ts',
      greet: '/base/node_modules/greet/lib/greet.js',
      modern: '/base/node_modules/modern/esm.mjs',
      missing: expect.stringContaining("Can't resolve 'missing'"),
    });
    // The listing, with which all names are known, the address of the first that is read, and those of the others.
    expect(cost).toEqual({ ...NOTHING, graphql: 1 + 2, gets: 3 });
  });

  test('probes directories above the mount, and none of them costs a request', async () => {
    const { mountPoint, mountCold } = await makeTwins(server, FILES);
    const calls: Call[] = [];
    await resolve(recording(mountCold(), calls), mountPoint);
    const outside = callsOutside(calls, mountPoint);
    expect(outside.map(({ args: [path] }) => path)).toContain('/node_modules');
    const cold = mountCold();
    const requests = await requestsOf(server, async () => {
      expect(new Set(await replay(cold, outside))).toEqual(new Set(['ENOENT']));
    });
    expect(requests).toEqual([]);
  });

  test('where all of W&B is mounted, each name above the run is asked for once', async () => {
    const { run } = await makeTwins(server, FILES);
    const fs = mount(server, { mountPoint: '/wandb' });
    const requests = await requestsOf(server, () => resolve(fs, join('/wandb', run)));
    // `node_modules` and `package.json` as names of an entity, a project and a run.
    expect(costOf(requests)).toMatchObject({ gets: 3, puts: 0, others: 0 });
    expect(costOf(requests).graphql).toBeLessThanOrEqual(1 + 3 + 2 * 3);
    const again = await requestsOf(server, () => resolve(fs, join('/wandb', run)));
    expect(again).toEqual([]);
  });

  test('resolves in a version through its alias, to real paths', async () => {
    const { mountPoint, disk, mountCold } = await makeVersionTwins(server, FILES);
    const below = (directory: string): string => join(directory, 'latest');
    const answers = await resolve(mountCold(), below(mountPoint));
    expect(rebased(answers, mountPoint)).toEqual(rebased(await resolve(nodeFs, below(disk)), disk));
    expect(rebased(answers, mountPoint)).toMatchObject({ greet: '/base/v0/node_modules/greet/lib/greet.js' });
  });
});
