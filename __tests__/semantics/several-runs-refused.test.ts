import { STANDARD, useServer } from '../helpers/server.js';
import { mount } from './helpers/mounts.js';
import { countOf, requestsOf } from './helpers/requests.js';

const RUNS = 60;
const EACH = 3;
const match = { side: 'api', operation: 'LookUpRuns' } as const;

const server = useServer(STANDARD);

beforeAll(async () => {
  const names = Array.from({ length: RUNS }, (_, index) => `team/sweep/r${index}`);
  await server.seed(Object.fromEntries(names.map((name) => [name, { a: 'x', b: 'x' }])));
});
afterEach(() => server.faults([]));

/** Two instances walk at once. */
const walks = (timeout?: number) => async (): Promise<void> => {
  const both = [mount(server, { timeout }), mount(server, { timeout })] as const;
  const counts = await Promise.all(
    both.map(async (fs) => (await fs.promises.readdir('team/sweep', { recursive: true })).length),
  );
  expect(counts).toEqual([RUNS * EACH, RUNS * EACH]);
};

const of = (requests: Awaited<ReturnType<typeof requestsOf>>): number =>
  requests.filter(({ operation }) => operation === 'LookUpRuns').length;

test.each([
  ['400', { status: 400, body: '{"errors":[{"message":"too many aliases"}]}' }],
  ['422', { status: 422, body: '{"errors":[{"message":"unprocessable"}]}' }],
  ['a page of HTML', { status: 400, body: '<html>Bad Request</html>' }],
  ['a GraphQL error', { graphqlError: 'The query exceeds the maximum complexity of 1000.' }],
  ['no answer in time', { delayMs: 6000 }],
])(
  'a server that answers several runs in one document with %s does so once for all instances',
  async (_, refusal) => {
    await server.faults([{ match, times: Number.POSITIVE_INFINITY, ...refusal }]);
    const requests = await requestsOf(server, walks('delayMs' in refusal ? 6000 : undefined));
    expect(of(requests)).toBe(1);
    // Then each run by itself, and the project.
    expect(countOf(requests, 'project')).toBeLessThanOrEqual(2 * (RUNS + 2) + 1);
  },
);

test('a server that takes no document of that size is asked for smaller ones, one after another', async () => {
  await server.faults([{ match, times: Number.POSITIVE_INFINITY, status: 413, body: '' }]);
  // Of ten runs, of five, of two.
  expect(of(await requestsOf(server, walks()))).toBe(3);
});

test('what a server takes is learned once, and all instances ask for as much', async () => {
  await server.faults([{ match, times: 1, status: 413, body: '' }]);
  const requests = await requestsOf(server, walks());
  expect(of(requests)).toBe(1 + 2 * (RUNS / 5));
  expect(requests.filter(({ operation }) => operation === 'LookUp').length).toBeLessThanOrEqual(2);
});
