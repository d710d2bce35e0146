import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { at, type RewritingProxy, startRewritingProxy } from '../helpers/rewriting-proxy.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';

interface Row {
  name: string;
  sizeBytes: unknown;
  md5: unknown;
}

/** What is said of the size of every file of a run, by the run. */
const lies = new Map<unknown, (row: Row) => void>();

const server = useServer(STANDARD);
let proxy: RewritingProxy;
beforeAll(async () => {
  proxy = await startRewritingProxy(server, (answer, { variables }) => {
    const lie = lies.get(variables.run);
    for (const place of ['files', 'asked', 'listing'])
      for (const { node } of (at(answer, `data.project.run.${place}.edges`) ?? []) as { node: Row }[])
        lie?.(node);
    return undefined;
  });
});

const CONTENT = 'the real content';

async function open(lie: (row: Row) => void, content: string | Uint8Array = CONTENT) {
  const run = await makeRun(server, { 'f.txt': content });
  lies.set(run.split('/').at(-1), lie);
  return { fs: mount(proxy, { sync: 'off' }), path: `/${run}/f.txt`, run };
}

const claiming = (sizeBytes: unknown) => (row: Row) => {
  row.sizeBytes = sizeBytes;
};

test.each<[string, unknown]>([
  ['null', null],
  ['0', 0],
  ["'0'", '0'],
  ['negative', -1],
  ['a fraction', 1.5],
  ['huge', 1e300],
  ['larger than any storage', 2 ** 52],
  ['more digits than a number has', '99999999999999999999'],
  ['text', 'large'],
  ['empty text', ''],
  ['NaN in text', 'NaN'],
  ['a list', [16]],
  ['true', true],
])(
  'a size that is %s is unknown: stat learns it, and reads and streams go to the real end',
  async (_, size) => {
    const { fs, path } = await open(claiming(size));
    expect((await fs.promises.stat(path)).size).toBe(CONTENT.length);
    expect((await fs.promises.stat(path, { bigint: true })).size).toBe(BigInt(CONTENT.length));
    const unseen = await open(claiming(size));
    expect(await unseen.fs.promises.readFile(unseen.path, 'utf8')).toBe(CONTENT);
    const streamed = await open(claiming(size));
    expect(await text(streamed.fs.createReadStream(streamed.path))).toBe(CONTENT);
  },
);

test.each([
  ['of an empty file beside another size', CONTENT, '1B2M2Y8AsgTpgAmY7PhCfg==', CONTENT.length],
  ['of content beside size 0', CONTENT, createHash('md5').update(CONTENT).digest('base64'), 0],
  ['of nothing, beside size 0, where there is nothing', '', null, 0],
])('an MD5 %s makes the size unknown', async (_, content, md5, size) => {
  const { fs, path } = await open((row) => Object.assign(row, { md5, sizeBytes: size }), content);
  if (md5 === '1B2M2Y8AsgTpgAmY7PhCfg==') {
    // Where the MD5 is the lie the storage's own tag vouches for the content.
    expect(await fs.promises.readFile(path, 'utf8')).toBe(content);
  }
  expect((await fs.promises.stat(path)).size).toBe(content.length);
  expect(await fs.promises.readFile(path, 'utf8')).toBe(content);
});

test.each([
  ['text', '12', CONTENT],
  ['too small', 3, CONTENT],
  ['too large', 1000, CONTENT],
  ['of many blocks', 5 * 1024 * 1024, CONTENT],
  ['too small for what comes by ranges', 12, 'large '.repeat(1_000_000)],
  ['too large for what comes by ranges', '9000000', 'large '.repeat(1_000_000)],
  ['beside an empty file', 12, ''],
])(
  'where the MD5 is that of the content, a size that is wrong is learned by reading: %s',
  async (_, size, content) => {
    const { fs, path, run } = await open(claiming(size), content);
    await fs.promises.readdir(`/${run}`);
    for (let times = 0; times < 2; times++) {
      expect((await fs.promises.readFile(path, 'utf8')) === content).toBe(true);
      expect((await text(fs.createReadStream(path))) === content).toBe(true);
      expect((await fs.promises.stat(path)).size).toBe(content.length);
      fs.wandb.refresh(`/${run}`);
      await fs.promises.readdir(`/${run}`);
    }
    await fs.promises.appendFile(path, 'end');
    expect((await fs.promises.readFile(path, 'utf8')) === `${content}end`).toBe(true);
  },
);

test('a wrong size of a file whose content is here under another name cuts nothing', async () => {
  const right = await makeRun(server, { 'f.txt': CONTENT });
  const { fs, path, run } = await open(claiming(3));
  expect(await fs.promises.readFile(`/${right}/f.txt`, 'utf8')).toBe(CONTENT);
  await fs.promises.readdir(`/${run}`);
  expect(await fs.promises.readFile(path, 'utf8')).toBe(CONTENT);
});

test('content of several blocks whose size nobody tells is read whole, and copied, and appended to', async () => {
  const large = Buffer.alloc(3 * 1024 * 1024 + 7, 'ab');
  const { fs, path, run } = await open(claiming(null), large);
  await fs.promises.copyFile(path, `/${run}/copy.txt`);
  expect((await fs.promises.readFile(`/${run}/copy.txt`)).equals(large)).toBe(true);
  await fs.promises.appendFile(path, 'end');
  expect((await fs.promises.readFile(path)).length).toBe(large.length + 3);
});

test('an open file learns its size by stat', async () => {
  const { fs, path } = await open(claiming(null));
  const file = await fs.promises.open(path);
  expect((await file.stat()).size).toBe(CONTENT.length);
  await file.close();
});

test('listing files whose sizes nobody tells asks for none of them', async () => {
  const files = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`${index}.txt`, 'x']));
  const run = await makeRun(server, files);
  lies.set(run.split('/').at(-1), claiming(null));
  const { promises: fs } = mount(proxy, { sync: 'off' });
  await server.requests({ clear: true });
  expect(await fs.readdir(`/${run}`, { withFileTypes: true })).toHaveLength(300);
  expect(await fs.readdir(`/${run}`, { recursive: true })).toHaveLength(300);
  expect(await server.requests()).toHaveLength(1);
});
