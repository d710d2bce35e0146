import { put, type RewritingProxy, startRewritingProxy } from '../helpers/rewriting-proxy.js';
import { useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';

/** What becomes of answers about a run, by the run's name. */
const cuts = new Map<unknown, (answer: object) => object | undefined>();

const server = useServer();
let proxy: RewritingProxy;
beforeAll(async () => {
  proxy = await startRewritingProxy(server, (answer, { variables }) => cuts.get(variables.run)?.(answer));
});

const everywhere =
  (value: unknown) =>
  (answer: object): undefined => {
    for (const listing of ['files', 'asked', 'below', 'listing'])
      put(answer, `data.project.run.${listing}`, value);
  };

const openEnd = { edges: [], pageInfo: { hasNextPage: true, endCursor: null } };

const rowsOf = (node: object) => ({
  edges: [{ cursor: 'c', node }],
  pageInfo: { hasNextPage: false, endCursor: null },
});

const CUTS: readonly [string, (answer: object) => object | undefined][] = [
  ['a page that promises more and says not where', everywhere(openEnd)],
  ['listings that are null', everywhere(null)],
  ['listings without rows', everywhere({ edges: null, pageInfo: { hasNextPage: false, endCursor: null } })],
  ['gaps for rows', everywhere({ edges: [{ cursor: 'c', node: null }], pageInfo: { hasNextPage: false } })],
  ["rows that don't tell whether they were uploaded", everywhere(rowsOf({ id: 'i', name: 'there.txt' }))],
  ['rows without names', everywhere(rowsOf({ id: 'i', name: '', updatedAt: '2024-01-01T00:00:00' }))],
  ['no data', () => ({})],
  ['data that is null', () => ({ data: null })],
  ['data without anything', () => ({ data: {} })],
  ['a run of which nothing is told', (answer) => put(answer, 'data.project.run', {})],
  [
    'an error beside listings that are null',
    (answer) => {
      everywhere(null)(answer);
      return { ...answer, errors: [{ message: 'files not found', path: ['project', 'run', 'files'] }] };
    },
  ],
];

// All at once, for each waits while the wire asks again.
test('who makes a file exclusively, looks or lists hears that the answer was cut, and nothing is overwritten', async () => {
  const outcomes = await Promise.all(
    CUTS.map(async ([cut, rewrite]) => {
      const run = await makeRun(server, { 'there.txt': 'precious' });
      cuts.set(run.split('/').at(-1), rewrite);
      const fs = mount(proxy, { sync: 'off' }).promises;
      const codeOf = (call: Promise<unknown>) => call.then(String, ({ code }: { code?: string }) => code);
      const codes = await Promise.all([
        codeOf(fs.writeFile(`/${run}/there.txt`, 'new', { flag: 'wx' })),
        codeOf(fs.stat(`/${run}/there.txt`)),
        codeOf(fs.stat(`/${run}/none.txt`)),
        codeOf(fs.readdir(`/${run}`)),
        codeOf(fs.rm(`/${run}`, { recursive: true })),
      ]);
      return { cut, codes, content: Buffer.from((await server.files(run))['there.txt'] ?? []).toString() };
    }),
  );
  expect(outcomes).toEqual(
    CUTS.map(([cut]) => ({ cut, codes: Array(5).fill('EPROTO'), content: 'precious' })),
  );
});

test('a project that is null though it was shown a moment ago is no ENOENT', async () => {
  const run = await makeRun(server, { 'there.txt': 'precious' });
  const name = run.split('/').at(-1);
  const { promises: fs } = mount(proxy, { sync: 'off', listingTtl: 0 });
  await fs.stat(`/${run}/there.txt`);
  cuts.set(name, (answer) => put(answer, 'data.project', null));
  await expect(fs.stat(`/${run}/there.txt`)).rejects.toMatchObject({
    code: 'EIO',
    message: expect.stringContaining("doesn't show the project 'team/project'") as string,
  });
});

test('an answer that is cut once goes unnoticed', async () => {
  const run = await makeRun(server, { 'there.txt': 'precious' });
  const name = run.split('/').at(-1);
  cuts.set(name, (answer) => {
    cuts.delete(name);
    return everywhere(null)(answer);
  });
  const { promises: fs } = mount(proxy, { sync: 'off' });
  expect(await fs.readdir(`/${run}`)).toEqual(['there.txt']);
  expect(proxy.asked.filter(({ variables }) => variables.run === name)).toHaveLength(2);
});
