import nodeFs from 'node:fs';
import { join } from 'node:path';
import { createWandbArtifactFs, createWandbFs, mountAll, type WandbFs } from 'wandb-fs';
import { makeDirectory } from '../helpers/directories.js';
import { expectEqual } from '../helpers/equal.js';
import { useServer } from '../helpers/server.js';
import { costOf, limits, requestsOf } from './helpers/requests.js';
import { call } from './helpers/styles.js';

const RUN = 'team/project/modules';
const VERSION = 'team/project/code/modules/v0';
const SMALL = 'team/project/small';

const numbered = (count: number, file: (index: number) => readonly [string, string]) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => file(index)));

/** Three hundred modules, most of them in directories of three. */
const modules = numbered(300, (index) => {
  const directory = index < 60 ? 'src' : `src/parts/${Math.floor(index / 3)}`;
  return [`${directory}/module-${index}.ts`, `export const number = ${index};\n`];
});
const small = numbered(100, (index) => [`file-${index}`, `${index}`.padEnd(4096, '.')]);

/** As a compiler reads them: in an order that is no listing's, the same each time. */
const imported = Object.keys(modules).sort((a, b) => hash(a) - hash(b));

function hash(text: string): number {
  let value = 7;
  for (const char of text) value = (Math.imul(value, 31) + char.charCodeAt(0)) % 9973;
  return value;
}

/** Of a server with a tenth of the limits: a look-up brings the first page of a listing, and more are listed anew. */
const LISTING = limits.page < 300 ? 8 + 300 / limits.page : 0;

const server = useServer();
beforeAll(async () => {
  await server.seed({ [RUN]: modules, [SMALL]: small });
  await server.seedArtifacts({ 'team/project/code/modules': { versions: [{ files: modules }] } });
});

const TREES = [
  ['a run', createWandbFs, RUN, LISTING],
  ['a version of an artifact', createWandbArtifactFs, VERSION, 0],
] as const;

const ORDERS = [
  ['in the order of the listing', Object.keys(modules)],
  ['in the order of imports', imported],
] as const;

async function using(make: typeof createWandbFs, work: (fs: WandbFs) => Promise<void>): Promise<void> {
  const fs = make({ baseUrl: server.url, apiKey: server.apiKey });
  try {
    await work(fs);
  } finally {
    await fs.wandb.close();
  }
}

describe.each(TREES)('300 modules of %s, one after another', (_, make, root, listing) => {
  describe.each(ORDERS)('%s', (_, names) => {
    test.each(['sync', 'promise'] as const)(
      '%s: ten GraphQL requests at most of a whole server, each file once',
      async (style) => {
        await using(make, async (fs) => {
          const requests = await requestsOf(server, async () => {
            for (const name of names)
              expectEqual(await call(fs, style, 'readFile', `${root}/${name}`, 'utf8'), modules[name]);
          });
          const { graphql, gets } = costOf(requests);
          expect(graphql).toBeLessThanOrEqual(10 + listing);
          // A version's manifest is a file at the storage, too.
          expect(gets).toBe(root === VERSION ? 301 : 300);
          const { readAhead = 0, readAheadUsed = 0, readAheadWasted } = fs.wandb.counters();
          expect({ readAhead: readAheadUsed, readAheadWasted }).toEqual({ readAhead, readAheadWasted: 0 });
          expect(readAheadUsed).toBeGreaterThan(225);
        });
      },
    );
  });
});

test('a `cp` of a version to the disk: ten GraphQL requests at most, each file once', async () => {
  const target = join(await makeDirectory(), 'modules');
  await using(createWandbArtifactFs, async (fs) => {
    const both = mountAll({ '/mnt/wandb': fs }, nodeFs);
    const requests = await requestsOf(server, () =>
      both.promises.cp(`/mnt/wandb/${VERSION}`, target, { recursive: true }),
    );
    const { graphql, gets } = costOf(requests);
    // A server that takes a tenth of the names at once is asked more often.
    expect(graphql).toBeLessThanOrEqual(process.env.WANDB_FS_TEST_LIMITS ? 14 : 10);
    expect(gets).toBe(301);
  });
  for (const [name, text] of Object.entries(modules))
    expectEqual(nodeFs.readFileSync(join(target, name), 'utf8'), text);
});

test('a hundred small files of a listed directory: three GraphQL requests', async () => {
  await using(createWandbFs, async (fs) => {
    const requests = await requestsOf(server, async () => {
      for (const name of await fs.promises.readdir(SMALL)) await fs.promises.readFile(`${SMALL}/${name}`);
    });
    expect(costOf(requests)).toMatchObject({ graphql: 3, gets: 100 });
  });
});

test('one file of each of a hundred directories: no other content, and few requests for addresses', async () => {
  const names = imported
    .filter((name) => /parts/.test(name))
    .filter((name, index, all) => {
      const directory = name.slice(0, name.lastIndexOf('/'));
      return all.findIndex((other) => other.startsWith(`${directory}/`)) === index;
    });
  expect(names).toHaveLength(80);
  await using(createWandbFs, async (fs) => {
    await fs.promises.readdir(RUN);
    const requests = await requestsOf(server, async () => {
      for (const name of names) await fs.promises.readFile(`${RUN}/${name}`);
    });
    const { graphql, gets } = costOf(requests);
    expect(gets).toBe(80);
    expect(graphql).toBeLessThanOrEqual(6);
    expect(fs.wandb.counters().readAhead).toBe(0);
  });
});

test('a file that is alone read costs the address of no other', async () => {
  await using(createWandbFs, async (fs) => {
    await fs.promises.readdir(SMALL);
    const requests = await requestsOf(server, () => fs.promises.readFile(`${SMALL}/file-7`));
    expect(costOf(requests)).toMatchObject({ graphql: 1, gets: 1 });
    const asked = requests.find(({ path }) => path === '/graphql');
    expect(asked?.variables).toMatchObject({ names: ['file-7'] });
  });
});
