import { STANDARD, useServer } from '../helpers/server.js';
import { errorOf, mount, newCollection } from './helpers/mounts.js';

const HEAD = {
  version: 1,
  storagePolicy: 'wandb-storage-policy-v1',
  storagePolicyConfig: { storageLayout: 'V2' },
};
const ENTRY = { digest: 'XUFAKrxLKna5cZ2REBfFkg==', size: 5 };

const server = useServer(STANDARD);

/** A version whose manifest says this, whatever it is. */
async function versionWith(manifest: string | Readonly<Record<string, unknown>>): Promise<string> {
  const collection = newCollection();
  await server.seedArtifacts({ [collection]: { versions: [{ files: { 'a.txt': 'hello' }, manifest }] } });
  return `/${collection}/v0`;
}

describe('a manifest with a name that leads out of its directory is refused, and nothing is read', () => {
  test.each(['../x', 'a/../../x', '/etc/passwd', 'C:\\x', 'C:x', '\\\\server\\share', 'a\\..\\..\\x', '..'])(
    '%s',
    async (name) => {
      const version = await versionWith({ ...HEAD, contents: { 'a.txt': ENTRY, [name]: ENTRY } });
      const fs = mount(server);
      const error = await errorOf(fs.promises.readdir(version));
      expect(error).toMatchObject({
        code: expect.stringMatching(/^E[A-Z]+$/),
        syscall: 'scandir',
        path: version,
      });
      expect(error.message).toMatch(/manifest/i);
      expect(fs.existsSync(`${version}/../x`)).toBe(false);
    },
  );
});

describe('other manifests that no client wrote', () => {
  test.each([
    ['not JSON', '{"version":1,'],
    ['no object', '[]'],
    ['another version', JSON.stringify({ ...HEAD, version: 2, contents: {} })],
    ['contents that are no object', JSON.stringify({ ...HEAD, contents: [] })],
    ['an entry without a digest', JSON.stringify({ ...HEAD, contents: { 'a.txt': { size: 5 } } })],
    ['a negative size', JSON.stringify({ ...HEAD, contents: { 'a.txt': { ...ENTRY, size: -1 } } })],
  ])('%s: an error that says so', async (_what, manifest) => {
    const version = await versionWith(manifest);
    const error = await errorOf(mount(server).promises.readdir(version));
    expect(error.code).toMatch(/^E[A-Z]+$/);
    expect(error.message).toMatch(/manifest/i);
  });

  test('a file and a directory of one name: the directory is shown', async () => {
    const version = await versionWith({ ...HEAD, contents: { a: ENTRY, 'a/b': ENTRY } });
    const fs = mount(server);
    expect(await fs.promises.readdir(version, { recursive: true })).toEqual(['a', 'a/b']);
  });

  test('the same name twice: the last one counts, as in JSON', async () => {
    const text = `{"version":1,"storagePolicy":"wandb-storage-policy-v1","storagePolicyConfig":{},"contents":{"a.txt":{"digest":"x","size":1},"a.txt":{"digest":"XUFAKrxLKna5cZ2REBfFkg==","size":5}}}`;
    const version = await versionWith(text);
    const fs = mount(server);
    expect(await fs.promises.readdir(version)).toEqual(['a.txt']);
    expect((await fs.promises.stat(`${version}/a.txt`)).size).toBe(5);
  });

  test('names that objects have by themselves are names like any other', async () => {
    const contents =
      '{"__proto__":{"digest":"XUFAKrxLKna5cZ2REBfFkg==","size":5},"constructor":{"digest":"XUFAKrxLKna5cZ2REBfFkg==","size":5}}';
    const version = await versionWith(
      `{"version":1,"storagePolicy":"wandb-storage-policy-v1","storagePolicyConfig":{},"contents":${contents}}`,
    );
    expect(await mount(server).promises.readdir(version)).toEqual(['__proto__', 'constructor']);
  });

  test('a name of a megabyte: listed or refused, and the process lives on', async () => {
    const version = await versionWith({
      ...HEAD,
      contents: { ['n'.repeat(1024 * 1024)]: ENTRY, 'a.txt': ENTRY },
    });
    const fs = mount(server);
    const names = await fs.promises.readdir(version).catch((error: NodeJS.ErrnoException) => error.code);
    if (typeof names === 'string') expect(names).toMatch(/^E[A-Z]+$/);
    else expect(names).toContain('a.txt');
  });

  test('60,000 entries: listed, in bounded memory', async () => {
    const contents = Object.fromEntries(
      Array.from({ length: 60_000 }, (_, index) => [`d${index % 500}/file-${index}.txt`, ENTRY]),
    );
    const version = await versionWith(JSON.stringify({ ...HEAD, contents }));
    const fs = mount(server);
    const before = process.memoryUsage().rss;
    expect(await fs.promises.readdir(version)).toHaveLength(500);
    expect((await fs.promises.stat(`${version}/d7/file-7.txt`)).size).toBe(5);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024);
  }, 60_000);
});

describe('content that is not what its manifest says', () => {
  test('is EIO', async () => {
    const collection = newCollection();
    await server.seedArtifacts({ [collection]: { versions: [{ files: { 'a.txt': 'hello' } }] } });
    await server.faults([{ match: { side: 'storage', method: 'GET' }, isCorrupted: true, times: 100 }]);
    const error = await errorOf(mount(server).promises.readFile(`/${collection}/v0/a.txt`));
    await server.faults([]);
    expect(error).toMatchObject({ code: 'EIO', message: expect.stringMatching(/differs/) });
    expect(await mount(server).promises.readFile(`/${collection}/v0/a.txt`, 'utf8')).toBe('hello');
  });
});
