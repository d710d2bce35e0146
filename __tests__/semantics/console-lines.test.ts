import { createWandbArtifactFs, createWandbFs, type WandbFs } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { stream } from '../testing/client.js';

const server = useServer(STANDARD);
const RUN = '/team/flowers/a1';
const lines = Array.from({ length: 2500 }, (_, number) => `line ${number}`);
let fs: WandbFs;

beforeAll(async () => {
  await server.seed({ 'team/flowers/a1': { 'a.txt': '' } }, { state: 'running' });
  const content = lines.map((text, at) => `${at === 1 ? 'ERROR ' : ''}2026-11-23T13:47:41.347305 ${text}`);
  const response = await stream(server, 'team/flowers/a1', {
    files: { 'output.log': { offset: 0, content } },
  });
  expect(response.status).toBe(200);
  fs = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey });
});

afterAll(() => fs.wandb.close());

it('a run tells what it has printed, page by page', async () => {
  const texts: string[] = [];
  for (let after: string | null = null, hasMore = true; hasMore; ) {
    const page = await fs.wandb.consoleLines(RUN, { after });
    texts.push(...page.lines.map(({ text }) => text));
    ({ end: after, hasMore } = page);
  }
  expect(texts).toEqual(lines);
  const { lines: last, end } = await fs.wandb.consoleLines(RUN, { last: 2 });
  expect(last.map(({ number }) => number)).toEqual([2498, 2499]);
  expect(await fs.wandb.consoleLines(RUN, { after: end })).toEqual({ lines: [], end, hasMore: false });
  const [, second] = (await fs.wandb.consoleLines(RUN)).lines;
  expect(second).toEqual({
    number: 1,
    text: 'line 1',
    isError: true,
    timestamp: '2026-11-23T13:47:41.347305',
  });
});

it('what is no run prints nothing, and says so', async () => {
  await expect(fs.wandb.consoleLines(`${RUN}/a.txt`)).rejects.toMatchObject({
    code: 'EINVAL',
    syscall: 'consoleLines',
  });
  await expect(fs.wandb.consoleLines('/team/flowers')).rejects.toMatchObject({ code: 'EINVAL' });
  await expect(fs.wandb.consoleLines('/team/flowers/nope')).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(fs.wandb.consoleLines(RUN, { last: 0 })).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
  await expect(fs.wandb.consoleLines(RUN, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: 'AbortError',
  });
  const artifacts = createWandbArtifactFs({ baseUrl: server.url, apiKey: server.apiKey });
  await expect(artifacts.wandb.consoleLines('/team/flowers')).rejects.toMatchObject({ code: 'ENOTSUP' });
  await artifacts.wandb.close();
});

it('an address tells its path, without a request', async () => {
  await server.requests({ clear: true });
  expect(fs.wandb.pathOf(`${server.url}/team/flowers/runs/a1/files/a%20b`)).toBe(`${RUN}/a b`);
  expect(fs.wandb.pathOf('wandbfs://team/flowers/a1')).toBe(RUN);
  expect(() => fs.wandb.pathOf('wandbas://team/flowers/a/b')).toThrow(/createWandbArtifactFs/);
  expect(await server.requests()).toEqual([]);
});
