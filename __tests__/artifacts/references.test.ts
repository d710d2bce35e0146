import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import type { WandbArtifactFsOptions, WandbFs } from 'wandb-fs';
import type { SeedReference } from 'wandb-fs/testing';
import { makeDirectory } from '../helpers/directories.js';
import { startWeb, type Web } from '../helpers/web.js';
import { call, errorsOf, STYLES } from '../semantics/helpers/styles.js';
import { errorOf, mount, newCollection, textsOf, useLab } from './helpers/mounts.js';

const CONTENT = '0123456789';

const server = useLab();
let web: Web;
beforeAll(async () => {
  web = await startWeb(CONTENT);
});

/** The path of a version that has these references, and a file of its own. */
async function versionWith(references: Readonly<Record<string, SeedReference>>): Promise<string> {
  const collection = newCollection();
  await server.seedArtifacts({ [collection]: { versions: [{ references, files: { 'own.txt': 'own' } }] } });
  return `/${collection}/v0`;
}

/** A reference as the SDK logs it. */
const page = (path: string, more: object = {}): SeedReference => ({
  ref: `${web.origin}${path}`,
  digest: 'the tag',
  size: CONTENT.length,
  extra: { etag: '"the tag"' },
  ...more,
});

const mountWith = (references: WandbArtifactFsOptions['references']): WandbFs =>
  mount(server, { references });

describe('a reference that no option allows', () => {
  const URIS: readonly (readonly [string, () => string, string])[] = [
    ['s3', () => 's3://bucket/key', 's3: async (uri, range) => …'],
    ['gs', () => 'gs://bucket/key', 'gs: async (uri, range) => …'],
    ['http', () => `${web.origin}/page`, 'http: ['],
    ['https', () => `${web.origin.replace('http', 'https')}/page`, 'https: ['],
    ['file', () => 'file:///etc/hostname', "file: '/directory'"],
    ['an unknown scheme', () => 'store://bucket/key', 'store: async (uri, range) => …'],
  ];

  test.each(URIS)(
    'is a link to its URI, whose content is EACCES that names the option: %s',
    async (_what, uri, option) => {
      const version = await versionWith({ 'dir/r': { ref: uri(), digest: 'tag', size: 10 } });
      const fs = mount(server);
      const path = `${version}/dir/r`;
      for (const style of STYLES) {
        expect(await call(fs, style, 'readlink', path)).toBe(uri());
        expect(await call(fs, style, 'lstat', path)).toMatchObject({ size: Buffer.byteLength(uri()) });
        expect(await call(fs, style, 'stat', path)).toMatchObject({ size: 10 });
      }
      expect(fs.lstatSync(path).isSymbolicLink()).toBe(true);
      expect(fs.readdirSync(`${version}/dir`, { withFileTypes: true })[0]?.isSymbolicLink()).toBe(true);
      for (const error of await errorsOf(fs, 'readFile', path)) {
        expect(error).toMatchObject({ code: 'EACCES', syscall: 'open', path });
        expect(error.message).toContain(`references: { ${option}`);
      }
      for (const error of await errorsOf(fs, 'access', path, fs.constants.R_OK)) {
        expect(error).toMatchObject({ code: 'EACCES', syscall: 'access', path });
      }
      await fs.promises.access(path);
      expect(await errorOf(text(fs.createReadStream(path)))).toMatchObject({ code: 'EACCES', path });
      expect(await errorOf(fs.promises.copyFile(path, `${version}/../copy`))).toMatchObject({
        syscall: 'copyfile',
      });
    },
  );

  test('is neither asked for over the network nor looked for on the disk', async () => {
    const version = await versionWith({ page: page('/page'), again: page('/again?signature=1') });
    const fs = mountWith({ https: true, file: await makeDirectory() });
    await web.requests();
    await fs.promises.readdir(version, { recursive: true, withFileTypes: true });
    for (const name of ['page', 'again']) {
      await fs.promises.stat(`${version}/${name}`);
      await errorOf(fs.promises.readFile(`${version}/${name}`));
    }
    expect(await web.requests()).toEqual([]);
  });

  test('is copied into a draft, and committed, unread', async () => {
    const version = await versionWith({ page: page('/page'), 'dir/bucket': 's3://bucket/key' });
    const fs = mount(server);
    const draft = version.replace(/v0$/, 'draft');
    await web.requests();
    await fs.promises.cp(version, draft, { recursive: true, verbatimSymlinks: true });
    await fs.promises.writeFile(`${draft}/new.txt`, 'new');
    expect(await fs.wandb.commit(draft)).toMatchObject({ version: 'v1' });
    const next = version.replace(/v0$/, 'v1');
    for (const seen of [fs, mount(server)]) {
      expect(await seen.promises.readdir(next, { recursive: true })).toEqual([
        'dir',
        'new.txt',
        'own.txt',
        'page',
        'dir/bucket',
      ]);
      expect(await seen.promises.readlink(`${next}/dir/bucket`)).toBe('s3://bucket/key');
      expect(await seen.promises.readlink(`${next}/page`)).toBe(`${web.origin}/page`);
    }
    expect(await web.requests()).toEqual([]);
  });
});

describe('`http` with hosts', () => {
  test('reads pages whole, by ranges and as streams, without credentials', async () => {
    const version = await versionWith({ page: page('/page?signature=1') });
    const fs = mountWith({ http: ['127.0.0.1'] });
    const path = `${version}/page`;
    await web.requests();
    for (const style of STYLES) expect(await call(fs, style, 'readFile', path, 'utf8')).toBe(CONTENT);
    expect(await text(fs.createReadStream(path, { start: 2, end: 5 }))).toBe('2345');
    expect(await call(fs, 'sync', 'access', path, fs.constants.R_OK)).toBeUndefined();
    const out = join(await makeDirectory(), 'out');
    await writeFile(out, await fs.promises.readFile(path));
    const asked = await web.requests();
    expect(asked.map((request) => request.path)).toEqual(['/page?signature=1']);
    for (const { headers } of asked) {
      expect(headers).not.toHaveProperty('authorization');
      expect(headers).not.toHaveProperty('cookie');
      expect(JSON.stringify(headers)).not.toContain(server.apiKey);
    }
  });

  test('asks for no more of a large page than is read', async () => {
    const large = 'abcdefghij'.repeat(500_000);
    const pages = await startWeb(large);
    const version = await versionWith({
      page: page('/', { ref: `${pages.origin}/large`, size: large.length }),
    });
    const fs = mount(server, { references: { http: ['127.0.0.1'] }, cacheBytes: 1024 * 1024 });
    expect(await text(fs.createReadStream(`${version}/page`, { start: 4_000_003, end: 4_000_009 }))).toBe(
      'defghij',
    );
    const ranges = (await pages.requests()).map(({ headers }) => headers.range);
    expect(ranges.every((range) => /^bytes=3\d{6}-4\d{6}$/.test(range ?? ''))).toBe(true);
    expect(await fs.promises.readFile(`${version}/page`, 'utf8')).toBe(large);
  });

  test('reads pages whose size nobody noted, or noted as 0', async () => {
    const ref = `${web.origin}/untagged`;
    const version = await versionWith({ unknown: ref, zero: { ref, digest: ref, size: 0 } });
    const fs = mountWith({ http: ['127.0.0.1'] });
    for (const name of ['unknown', 'zero']) {
      expect([name, fs.readFileSync(`${version}/${name}`, 'utf8')]).toEqual([name, CONTENT]);
      expect([name, fs.statSync(`${version}/${name}`).size]).toEqual([name, CONTENT.length]);
    }
  });

  test('fails where the page is another one now', async () => {
    const version = await versionWith({
      tag: page('/page', { digest: 'other', extra: { etag: '"other"' } }),
      size: page('/page', { size: 9 }),
    });
    const fs = mountWith({ http: ['127.0.0.1'] });
    for (const name of ['tag', 'size']) {
      const error = await errorOf(fs.promises.readFile(`${version}/${name}`));
      expect([name, error.code]).toEqual([name, 'EIO']);
      expect(error.message).toMatch(/recorded/);
    }
  });
});

describe('`file`', () => {
  test('reads below the directory, and nowhere else, whichever way leads there', async () => {
    const root = await makeDirectory();
    const allowed = join(root, 'allowed');
    await mkdir(join(allowed, 'sub'), { recursive: true });
    await writeFile(join(allowed, 'sub/a b.txt'), 'inside');
    await writeFile(join(root, 'secret'), 'secret');
    await symlink(join(root, 'secret'), join(allowed, 'way-out'));
    await symlink(root, join(allowed, 'way-up'));
    await symlink('sub', join(allowed, 'inner'));
    const url = (path: string): string => pathToFileURL(join(root, path)).href;
    const inside = { good: url('allowed/sub/a b.txt'), link: url('allowed/inner/a b.txt') };
    const outside = {
      beside: url('secret'),
      up: `${url('allowed')}/../secret`,
      encoded: `${url('allowed')}/%2e%2e/secret`,
      link: url('allowed/way-out'),
      linked: url('allowed/way-up/secret'),
      host: 'file://elsewhere/secret',
    };
    const version = await versionWith(
      Object.fromEntries([
        ...Object.entries(inside).map(([name, ref]) => [`in/${name}`, { ref, digest: ref, size: 6 }]),
        ...Object.entries(outside).map(([name, ref]) => [`out/${name}`, { ref, digest: ref, size: 6 }]),
      ]),
    );
    const fs = mountWith({ file: allowed });
    for (const name of Object.keys(inside)) {
      expect([name, fs.readFileSync(`${version}/in/${name}`, 'utf8')]).toEqual([name, 'inside']);
      expect(await text(fs.createReadStream(`${version}/in/${name}`, { start: 2 }))).toBe('side');
    }
    for (const name of Object.keys(outside)) {
      for (const { code } of await errorsOf(fs, 'readFile', `${version}/out/${name}`)) {
        expect([name, code]).toEqual([name, 'EACCES']);
      }
    }
  });
});

describe('a function of the user', () => {
  test('is asked for the ranges that are read, in the thread of the user', async () => {
    const version = await versionWith({ r: { ref: 's3://bucket/key', digest: 'etag', size: 10 } });
    const asked: unknown[] = [];
    const fs = mountWith({
      s3: async (uri, { start, end }) => {
        asked.push(uri);
        return Buffer.from(CONTENT).subarray(start, end);
      },
    });
    expect(await fs.promises.readFile(`${version}/r`, 'utf8')).toBe(CONTENT);
    expect(await text(fs.createReadStream(`${version}/r`, { start: 3, end: 6 }))).toBe('3456');
    expect(await textsOf(fs, version)).toEqual({ 'own.txt': 'own', r: CONTENT });
    expect(new Set(asked)).toEqual(new Set(['s3://bucket/key']));
  });

  test('that fails is told of by the error of the read', async () => {
    const version = await versionWith({ r: { ref: 's3://bucket/key?secret', digest: 'etag', size: 10 } });
    const fs = mountWith({ s3: () => Promise.reject(new Error('no such bucket')) });
    const error = await errorOf(fs.promises.readFile(`${version}/r`));
    expect(error).toMatchObject({ code: 'EIO', syscall: 'read' });
    expect(error.message).toContain('`references.s3` failed to read s3://bucket/key');
    expect(error.message).not.toContain('secret');
  });

  test('leaves sync calls nobody to wait for: ENOTSUP says why', async () => {
    const version = await versionWith({ r: { ref: 's3://bucket/key', digest: 'etag', size: 10 } });
    const fs = mountWith({ s3: async () => Buffer.from(CONTENT) });
    const error = await errorOf((async () => fs.readFileSync(`${version}/own.txt`))());
    expect(error).toMatchObject({ code: 'ENOTSUP', path: `${version}/own.txt` });
    expect(error.message).toMatch(/sync call can't wait .* promise twin/);
    // What the promise twins have brought is here for the sync ones.
    expect(await fs.promises.readFile(`${version}/own.txt`, 'utf8')).toBe('own');
    expect(fs.readFileSync(`${version}/own.txt`, 'utf8')).toBe('own');
  });
});
