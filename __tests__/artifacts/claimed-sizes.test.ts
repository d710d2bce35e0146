import { useServer } from '../helpers/server.js';
import { mount, newCollection } from './helpers/mounts.js';

const HEAD = {
  version: 1,
  storagePolicy: 'wandb-storage-policy-v1',
  storagePolicyConfig: { storageLayout: 'V2' },
};
const HELLO = 'XUFAKrxLKna5cZ2REBfFkg==';
const EMPTY = '1B2M2Y8AsgTpgAmY7PhCfg==';

const server = useServer();

test.each<[string, { digest: string; size?: unknown }]>([
  ['without a size', { digest: HELLO }],
  ['with size null', { digest: HELLO, size: null }],
  ['with a size in text', { digest: HELLO, size: '5' }],
  ['with a size that is too small', { digest: HELLO, size: 2 }],
  ['with a size that is too large', { digest: HELLO, size: '12' }],
  ['with size 0 beside the digest of content', { digest: HELLO, size: 0 }],
])('the size of an entry %s is learned, whole listings and all', async (_, entry) => {
  const collection = newCollection();
  const manifest = { ...HEAD, contents: { 'a.txt': entry } };
  await server.seedArtifacts({ [collection]: { versions: [{ files: { 'a.txt': 'hello' }, manifest }] } });
  const path = `/${collection}/v0/a.txt`;
  const listed = mount(server).promises;
  expect(await listed.readdir(`/${collection}/v0`)).toEqual(['a.txt']);
  if (entry.size) expect(await listed.readFile(path, 'utf8')).toBe('hello');
  expect((await listed.stat(path)).size).toBe(5);
  const read = mount(server).promises;
  await read.readdir(`/${collection}/v0`);
  expect(await read.readFile(path, 'utf8')).toBe('hello');
});

test('an empty file is empty, and asked for by nobody', async () => {
  const collection = newCollection();
  const manifest = { ...HEAD, contents: { 'a.txt': { digest: EMPTY, size: 0 } } };
  await server.seedArtifacts({ [collection]: { versions: [{ files: { 'a.txt': '' }, manifest }] } });
  const fs = mount(server).promises;
  await fs.readdir(`/${collection}/v0`);
  await server.requests({ clear: true });
  expect((await fs.stat(`/${collection}/v0/a.txt`)).size).toBe(0);
  expect(await fs.readFile(`/${collection}/v0/a.txt`, 'utf8')).toBe('');
  expect(await server.requests()).toEqual([]);
});
