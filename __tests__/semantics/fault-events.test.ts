import { STANDARD, useServer } from '../helpers/server.js';
import { heard } from './helpers/channels.js';
import { giveUpReading, makeRun, mount } from './helpers/mounts.js';
import { eventually } from './helpers/waiting.js';

const server = useServer(STANDARD);
afterEach(() => server.faults([]));

const number = expect.any(Number);

test('a call that waits for W&B is told of: what it lacked, where, how long, and whether its thread stood still', async () => {
  const run = await makeRun(server, { 'file.txt': 'content' });
  const events = heard('fault');
  const fs = mount(server);
  fs.readFileSync(`${run}/file.txt`);
  const path = `/${run}/file.txt`;
  expect(events).toEqual([
    { missing: 'name', path, duration: number, isBlocking: true, error: null },
    { missing: 'content', path, duration: number, isBlocking: true, error: null },
  ]);
  for (const { duration } of events) expect(duration).toBeGreaterThan(0);
  await fs.promises.readdir('team/project');
  expect(events.slice(2)).toEqual([
    { missing: 'listing', path: '/team/project', duration: number, isBlocking: false, error: null },
  ]);
});

test('a call that finds everything here, and what is only asked for ahead, is none', async () => {
  const run = await makeRun(server, { 'file.txt': 'content', 'other.txt': 'other', 'third.txt': 'third' });
  const fs = mount(server);
  for (const name of await fs.promises.readdir(run)) await fs.promises.readFile(`${run}/${name}`);
  const events = heard('fault');
  fs.readFileSync(`${run}/file.txt`);
  await fs.promises.readFile(`${run}/other.txt`);
  fs.existsSync(`${run}/none.txt`);
  expect(fs.readdirSync(run)).toHaveLength(3);
  expect(events).toEqual([]);
});

test('changes, flushes and questions are waited for as an outcome', async () => {
  const run = await makeRun(server, { 'file.txt': 'content' });
  const fs = mount(server);
  await fs.promises.readFile(`${run}/file.txt`);
  const events = heard('fault');
  await fs.promises.writeFile(`${run}/new.txt`, 'x');
  await fs.wandb.flush();
  await fs.wandb.info(`${run}/file.txt`);
  await fs.promises.unlink(`${run}/file.txt`);
  await fs.promises.rename(`${run}/new.txt`, `${run}/newer.txt`);
  expect(events.map(({ missing, path }) => [missing, path])).toEqual([
    ['outcome', null],
    ['outcome', `/${run}/file.txt`],
    ['outcome', `/${run}/file.txt`],
    ['outcome', `/${run}/new.txt`],
  ]);
});

test('paths are those that the fs object shows', async () => {
  const run = await makeRun(server, { 'file.txt': 'content' });
  const events = heard('fault');
  const [entity, project, name] = run.split('/');
  mount(server, { mountPoint: '/mnt/runs', root: `${entity}/${project}` }).readFileSync(
    `/mnt/runs/${name}/file.txt`,
  );
  expect(new Set(events.map(({ path }) => path))).toEqual(new Set([`/mnt/runs/${name}/file.txt`]));
});

test('what comes instead of it is told by its code', async () => {
  const run = await makeRun(server, { 'file.txt': 'content' });
  const events = heard('fault');
  const refused = mount(server, { apiKey: 'wrong'.repeat(8), logger: { warn: () => {} } });
  await expect(refused.promises.stat(run)).rejects.toMatchObject({ code: 'EACCES' });
  expect(events.at(-1)).toMatchObject({ missing: 'name', isBlocking: false, error: 'EACCES' });
  const withoutThread = mount(server, { sync: 'off' });
  expect(() => withoutThread.statSync(run)).toThrow(expect.objectContaining({ code: 'ENOTSUP' }));
  expect(events.at(-1)).toMatchObject({ missing: 'name', isBlocking: true, error: 'ENOTSUP' });
  await server.faults([{ match: { side: 'storage', method: 'GET' }, delayAnswerMs: 5000 }]);
  const fs = mount(server);
  await giveUpReading(fs, `${run}/file.txt`);
  await eventually(
    async () => events.at(-1)?.error,
    (error) => error === 'ECANCELED',
  );
});

test('calls that wait for one request tell of what each of them lacked', async () => {
  const run = await makeRun(server, { 'a.txt': 'a', 'b.txt': 'b' });
  const events = heard('fault');
  const fs = mount(server);
  await Promise.all(['a.txt', 'b.txt'].map((name) => fs.promises.stat(`${run}/${name}`)));
  expect(events.map(({ path }) => path)).toEqual([`/${run}/a.txt`, `/${run}/b.txt`]);
  expect(fs.wandb.counters().requests.query.count).toBe(1);
});

test('a listener runs below the sync call that waited, and may make calls of its own', async () => {
  const run = await makeRun(server, { 'file.txt': 'content', 'other.txt': 'other' });
  const fs = mount(server);
  const stacks: string[] = [];
  const faults = heard('fault', ({ path }) => {
    stacks.push(new Error('here').stack ?? '');
    if (path?.endsWith('file.txt')) expect(fs.readFileSync(`${run}/other.txt`, 'utf8')).toBe('other');
  });
  const requests = heard('request', () => expect(fs.existsSync(`${run}/other.txt`)).toBe(true));
  const whoeverCalls = (): string => fs.readFileSync(`${run}/file.txt`, 'utf8');
  expect(whoeverCalls()).toBe('content');
  for (const stack of stacks) expect(stack).toContain('whoeverCalls');
  const lacked = faults.map(({ missing, path }) => `${missing} of ${path?.slice(run.length + 2)}`);
  expect(new Set(lacked)).toEqual(
    new Set(['name of file.txt', 'name of other.txt', 'content of other.txt', 'content of file.txt']),
  );
  expect(requests.filter(({ kind }) => kind === 'get')).toHaveLength(2);
  expect(await fs.promises.readFile(`${run}/file.txt`, 'utf8')).toBe('content');
});
