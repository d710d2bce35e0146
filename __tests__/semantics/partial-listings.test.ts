import { put, type RewritingProxy, startRewritingProxy } from '../helpers/rewriting-proxy.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { mount } from './helpers/mounts.js';

/** The viewer is a member of no team, and no list tells of the projects of one; by their names all are found. */
const server = useServer(STANDARD);
let proxy: RewritingProxy;
beforeAll(async () => {
  await server.seed({ 'team/public/run': { 'a.txt': 'a' } });
  proxy = await startRewritingProxy(server, (answer) => {
    put(answer, 'data.viewer.teams.edges', []);
    put(answer, 'data.projects.edges', []);
  });
});

const open = () => mount(proxy, { sync: 'off' }).promises;
const FILE = '/team/public/run/a.txt';

/** How many questions a call takes. */
async function askedBy(call: () => Promise<unknown>): Promise<number> {
  const before = proxy.asked.length;
  await call().catch((error: NodeJS.ErrnoException) => expect(error.code).toBe('ENOENT'));
  return proxy.asked.length - before;
}

test('what the listing of a level leaves out is found by its name', async () => {
  const fs = open();
  expect(await fs.readdir('/')).not.toContain('team');
  expect(await fs.readFile(FILE, 'utf8')).toBe('a');
  expect(await fs.readdir('/')).toContain('team');
  const other = open();
  expect(await other.readdir('/team')).toEqual([]);
  expect(await other.readFile(FILE, 'utf8')).toBe('a');
  expect(await other.readdir('/team')).toEqual(['public']);
});

test("a listing that doesn't show what was looked up takes nothing away", async () => {
  const fs = open();
  const file = await fs.open(FILE, 'r+');
  await fs.writeFile('/team/public/run/new.txt', 'kept');
  await fs.readdir('/');
  await fs.readdir('/team');
  expect(await askedBy(() => fs.stat(FILE))).toBe(0);
  await file.write('b');
  await file.close();
  expect(await fs.readFile('/team/public/run/new.txt', 'utf8')).toBe('kept');
  expect(await fs.readFile(FILE, 'utf8')).toBe('b');
  await fs.writeFile(FILE, 'a');
});

test("what isn't there is asked for once, whether the level was listed or not", async () => {
  for (const path of ['/nobody', '/team/none']) {
    const fs = open();
    await fs.readdir('/');
    await fs.readdir('/team');
    // The second question is for the message, and is asked once.
    expect(await askedBy(() => fs.stat(path))).toBeLessThanOrEqual(2);
    for (let times = 0; times < 20; times++) expect(await askedBy(() => fs.stat(path))).toBe(0);
    await fs.readdir('/');
    expect(await askedBy(() => fs.stat(path))).toBe(0);
    expect(await askedBy(() => fs.readdir(`${path}/below`))).toBeLessThan(2);
  }
});

test('a run of a project that is listed whole is ENOENT without a request but for the message', async () => {
  const fs = open();
  await fs.readdir('/team/public');
  expect(await askedBy(() => fs.stat('/team/public/none'))).toBe(1);
  expect(await askedBy(() => fs.stat('/team/public/none'))).toBe(0);
});
