import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { STANDARD, useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';
import { call, errorOf, errorsOf, STYLES } from './helpers/styles.js';

const content = createHash('sha256').update('seed').digest('hex').repeat(100);
const GET = { side: 'storage', method: 'GET' } as const;

const server = useServer(STANDARD);
let run: string;
beforeEach(async () => {
  run = await makeRun(server, { 'file.txt': content });
});
afterEach(() => server.faults([]));

describe.each(STYLES)('reading over a bad line, %s', (style) => {
  test.each([
    ['a body with a wrong byte', { match: GET, isCorrupted: true }],
    ['a body that is cut short', { match: GET, truncateAt: 100 }],
    ['a connection that is cut', { match: GET, drop: 'before' }],
    ['a storage that stumbles', { match: GET, status: 503 }],
  ] as const)('%s is read again without a word', async (_, fault) => {
    const fs = mount(server);
    await server.faults([fault]);
    expect(await call(fs, style, 'readFile', `${run}/file.txt`, 'utf8')).toBe(content);
    expect(await server.faults()).toEqual([]);
  });
});

test('a body that stays wrong is EIO and never handed out; what is right afterwards is read', async () => {
  const fs = mount(server);
  await server.faults([{ match: GET, isCorrupted: true, times: Infinity }]);
  for (const error of await errorsOf(fs, 'readFile', `${run}/file.txt`)) {
    expect(error).toMatchObject({ code: 'EIO', errno: -5 });
    expect(error.message).toMatch(/MD5|content/i);
  }
  await server.faults([]);
  expect(await fs.promises.readFile(`${run}/file.txt`, 'utf8')).toBe(content);
});

test('a body that is always cut short is an error and never a short file', async () => {
  const fs = mount(server);
  await server.faults([{ match: GET, truncateAt: 100, times: Infinity }]);
  expect(await errorOf(() => fs.promises.readFile(`${run}/file.txt`))).toMatchObject({ code: 'EIO' });
});

test('an answer that is not of the size that was listed is not taken for the file', async () => {
  const fs = mount(server);
  await fs.promises.readdir(run);
  await server.faults([{ match: GET, status: 200, body: '<html>captive portal</html>', times: Infinity }]);
  expect(await errorOf(() => fs.promises.readFile(`${run}/file.txt`))).toMatchObject({ code: 'EIO' });
});

describe.each(STYLES)('a file that was replaced behind a listing, %s', (style) => {
  test.each([
    ['shorter', 'new'],
    ['longer', `new ${content}`],
  ])('by a %s one is read whole, as it is now', async (_, now) => {
    const fs = mount(server);
    expect(await fs.promises.readdir(run)).toEqual(['file.txt']);
    await server.seed({ [run]: { 'file.txt': now } });
    expect(await call(fs, style, 'readFile', `${run}/file.txt`, 'utf8')).toBe(now);
    expect(fs.statSync(`${run}/file.txt`).size).toBe(now.length);
  });
});

test('a file that was replaced behind a listing is copied and streamed as it is now', async () => {
  const fs = mount(server);
  const stale = mount(server);
  for (const each of [fs, stale]) await each.promises.readdir(run);
  const now = `${content}${content}`;
  await server.seed({ [run]: { 'file.txt': now } });
  await fs.promises.copyFile(`${run}/file.txt`, `${run}/copy.txt`);
  expect(await fs.promises.readFile(`${run}/copy.txt`, 'utf8')).toBe(now);
  expect(await text(stale.createReadStream(`${run}/file.txt`))).toBe(now);
});

test('a file that was removed behind a listing is ENOENT', async () => {
  const fs = mount(server);
  const elsewhere = mount(server);
  expect(await fs.promises.readdir(run)).toEqual(['file.txt']);
  await elsewhere.promises.unlink(`${run}/file.txt`);
  expect(await errorOf(() => fs.promises.readFile(`${run}/file.txt`))).toMatchObject({
    code: expect.stringMatching(/^(ENOENT|ESTALE)$/),
  });
  fs.wandb.refresh();
  expect(await errorOf(() => fs.promises.readFile(`${run}/file.txt`))).toMatchObject({ code: 'ENOENT' });
});
