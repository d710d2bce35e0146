import type { RequestRecord } from 'wandb-fs/testing';
import { wandbFs } from '../helpers/command.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { requestsOf } from '../semantics/helpers/requests.js';

const RUNS = 100;
const FILES = 10;
const DIRECTORIES = 3;
/** As `readdir` with `recursive` of the same takes, and one or two beside it. */
const MOST_REQUESTS = 15;
const PROJECT = 'wandbfs://team/sweep';
const MODELS = 'wandbas://team/models/model';

const server = useServer(STANDARD);

beforeAll(async () => {
  const files = Object.fromEntries(
    Array.from({ length: FILES }, (_, index) => [`d${index % DIRECTORIES}/f${index}.txt`, 'x']),
  );
  const names = Array.from({ length: RUNS }, (_, index) => `team/sweep/r${index}`);
  await server.seed(Object.fromEntries(names.map((name) => [name, files])));
  const versions = [{ files: { 'dir/w.bin': 'w' } }];
  const collections = ['a', 'b', 'c'].map((name) => [`team/models/model/${name}`, { versions }]);
  await server.seedArtifacts(Object.fromEntries(collections));
});
afterEach(() => server.faults([]));

/** What a command prints, and the requests that it made. */
async function asked(...args: readonly string[]) {
  let stdout = '';
  const requests: readonly RequestRecord[] = await requestsOf(server, async () => {
    const ran = await wandbFs(server, args);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    stdout = ran.stdout;
  });
  return { lines: stdout.trimEnd().split('\n'), requests };
}

test.each([
  [['ls', '-R', PROJECT], 1 + RUNS * (FILES + 3 * DIRECTORIES + 3)],
  [['ls', '-lR', PROJECT], 1 + RUNS * (FILES + 3 * DIRECTORIES + 3)],
  [['tree', PROJECT], 1 + RUNS * (1 + DIRECTORIES + FILES) + 2],
  [['tree', '-h', '-L', '2', PROJECT], 1 + RUNS * (1 + DIRECTORIES) + 2],
  [['du', PROJECT], RUNS * (1 + DIRECTORIES) + 1],
  [['find', PROJECT, '--name', '*.txt', '--size', '-1K'], RUNS * FILES],
])('%j lists many runs in one request: 100 runs take 15 at most', async (args, count) => {
  const { lines, requests } = await asked(...args);
  expect(lines).toHaveLength(count);
  expect(requests.length).toBeLessThanOrEqual(MOST_REQUESTS);
});

test.each([
  [
    ['find', PROJECT, '--max-depth', '1'],
    ['FindProject', 'ListRuns'],
  ],
  [['tree', '-L', '1', PROJECT], ['FindProjectAndRuns']],
])('%j lists no run', async (args, operations) => {
  const { requests } = await asked(...args);
  expect(requests.map(({ operation }) => operation)).toEqual(operations);
});

test('each collection and version is listed once', async () => {
  const { lines, requests } = await asked('find', MODELS, '--type', 'f');
  expect(lines).toEqual(['a', 'b', 'c'].map((name) => `${MODELS}/${name}/v0/dir/w.bin`));
  const count = (operation: string): number =>
    requests.filter((request) => request.operation === operation).length;
  expect([count('ListCollections'), count('ListVersions'), count('LookUpVersion')]).toEqual([1, 3, 3]);
  expect(requests.filter(({ side }) => side === 'storage')).toHaveLength(3);
});

test.each([
  [['ls', '-R', MODELS], /v0\/dir:$/gm],
  [['tree', MODELS], /w\.bin$/gm],
  [['du', MODELS], /v0\/dir$/gm],
  [['find', MODELS], /w\.bin$/gm],
])('%j tells of what it may not list, and goes on', async (args, told) => {
  const match = { side: 'api', operation: 'LookUpVersion' } as const;
  await server.faults([{ match, status: 403, times: 1 }]);
  const { status, stdout, stderr } = await wandbFs(server, args);
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringMatching(/^wandb-fs \w+: EACCES.*\n$/),
  });
  expect(stdout.match(told)).toHaveLength(2);
});
