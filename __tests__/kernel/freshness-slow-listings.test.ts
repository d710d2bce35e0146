import { makeFs, type WandbFs } from '../../src/node/faces/create.js';
import { RUNS } from '../../src/node/wandb/layouts.js';
import { type Mount, mount, turn } from './helpers/mount.js';

/** Of the default 30 s; each step of an answer takes longer. */
const STEP_MS = 40_000;
const DIRECTORIES = 10;

interface SlowMount extends Mount {
  readonly fs: WandbFs;
  /** Lets what is asked for come, slowly, until the promise is settled. */
  slowly<T>(promise: Promise<T>): Promise<T>;
}

/** A run of 40 files in 10 directories, more than its first page; every answer takes longer than the TTL. */
function slowMount(options: Parameters<typeof mount>[0] = {}): SlowMount {
  const mounted = mount(options);
  const { kernel, remote, server, clock } = mounted;
  server.pageSize = 4;
  for (let index = 0; index < 4 * DIRECTORIES; index++)
    server.write(`e/p/r/d${index % DIRECTORIES}/f${index}`, 'text');
  remote.onBlockedStep = () => {
    clock.now += STEP_MS;
  };
  return {
    ...mounted,
    fs: makeFs({ connect: () => kernel, appUrl: () => 'https://wandb.ai', layout: RUNS }),
    slowly: async (promise) => {
      let isSettled = false;
      const settled = promise.finally(() => {
        isSettled = true;
      });
      settled.catch(() => undefined);
      while (!isSettled) {
        await turn();
        clock.now += STEP_MS;
        const [step] = remote.steps();
        step?.run();
      }
      return settled;
    },
  };
}

const listings = ({ remote }: Mount): number => remote.log.filter((method) => method === 'list').length;

async function drained<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

const FILES_AND_DIRECTORIES = 5 * DIRECTORIES;

describe.each([30_000, 0])(
  'one call lists a run once, however much slower than a TTL of %d ms it is:',
  (listingTtl) => {
    const walks: Readonly<Record<string, (fs: WandbFs) => unknown[] | Promise<unknown[]>>> = {
      'readdirSync, recursive': (fs) => fs.readdirSync('/e/p/r', { recursive: true }),
      'promises.readdir, recursive': (fs) => fs.promises.readdir('/e/p/r', { recursive: true }),
      'readdir of the project, recursive': async (fs) =>
        (await fs.promises.readdir('/e/p', { recursive: true })).slice(1),
      globSync: (fs) => fs.globSync('/e/p/r/**/?*'),
      'promises.glob, taken slowly': (fs) => drained(fs.promises.glob('/e/p/r/**/?*')),
      'promises.opendir, recursive': async (fs) =>
        drained(await fs.promises.opendir('/e/p/r', { recursive: true })),
      'opendirSync, recursive': (fs) => {
        const directory = fs.opendirSync('/e/p/r', { recursive: true });
        const all: unknown[] = [];
        for (let entry = directory.readSync(); entry; entry = directory.readSync()) all.push(entry);
        return all;
      },
    };
    for (const [name, walk] of Object.entries(walks)) {
      test(name, async () => {
        const slow = slowMount({ listingTtl });
        const found = await slow.slowly(Promise.resolve(walk(slow.fs)));
        expect(found).toHaveLength(FILES_AND_DIRECTORIES);
        expect(listings(slow)).toBe(name.includes('project') ? 2 : 1);
      });
    }

    test('cp and rm, recursive', async () => {
      const slow = slowMount({ listingTtl });
      await slow.slowly(slow.fs.promises.cp('/e/p/r/d1', '/e/p/r/copy', { recursive: true }));
      expect(listings(slow)).toBe(1);
      await slow.slowly(slow.fs.promises.rm('/e/p/r/copy', { recursive: true }));
      expect(slow.fs.readdirSync('/e/p/r')).toHaveLength(DIRECTORIES);
    });
  },
);

test('a call that joins a listing which was asked for before it began', async () => {
  const slow = slowMount({ listingTtl: 1 });
  const first = slow.fs.promises.readdir('/e/p/r');
  for (const step of ['lookup e/p/r', 'answer lookup', 'reply lookup']) slow.remote.run(step);
  await turn();
  slow.remote.run('list e/p/r');
  const second = slow.fs.promises.opendir('/e/p/r', { recursive: true });
  await slow.slowly(Promise.all([first, second]));
  slow.clock.now += 100 * STEP_MS;
  expect(await slow.slowly(drained(await second))).toHaveLength(FILES_AND_DIRECTORIES);
  expect(listings(slow)).toBe(1);
});

describe('calls of their own', () => {
  const walkBySingleCalls = ({ fs, clock }: SlowMount, ms: number): void => {
    for (const name of fs.readdirSync('/e/p/r')) {
      clock.now += ms;
      expect(fs.readdirSync(`/e/p/r/${name}`)).toHaveLength(4);
    }
  };

  test('the age of a listing counts from when it came', () => {
    const slow = slowMount();
    walkBySingleCalls(slow, 0);
    expect(listings(slow)).toBe(1);
  });

  test('a listing that took longer than the TTL is believed as long as it took, and no longer', () => {
    const slow = slowMount();
    slow.fs.readdirSync('/e/p/r');
    const took = 3 * STEP_MS;
    slow.clock.now += took - 1;
    slow.fs.readdirSync('/e/p/r/d1');
    expect(listings(slow)).toBe(1);
    slow.clock.now += 1;
    slow.fs.readdirSync('/e/p/r/d1');
    expect(listings(slow)).toBe(2);
  });

  test('with a TTL of 0 every one of them asks', () => {
    const slow = slowMount({ listingTtl: 0 });
    walkBySingleCalls(slow, 0);
    expect(listings(slow)).toBe(1 + DIRECTORIES);
  });
});

test('what was listed for one call is not fresh for the next one for ever', () => {
  const slow = slowMount({ listingTtl: 0 });
  expect(slow.fs.readdirSync('/e/p/r', { recursive: true })).toHaveLength(FILES_AND_DIRECTORIES);
  slow.server.write('e/p/r/d1/new', 'text');
  expect(slow.fs.readdirSync('/e/p/r', { recursive: true })).toContain('d1/new');
});
