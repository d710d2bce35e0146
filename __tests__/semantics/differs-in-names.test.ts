import nodeFs from 'node:fs';
import { dirname, join } from 'node:path';
import { createWandbArtifactFs, mountAll } from 'wandb-fs';
import { makeDirectory } from '../helpers/directories.js';
import { useServer } from '../helpers/server.js';
import { declareFiles } from '../testing/client.js';
import { makeRun, mount } from './helpers/mounts.js';
import { requestsOf } from './helpers/requests.js';
import { errorOf, errorsOf, STYLES } from './helpers/styles.js';
import { contentOn, eventually } from './helpers/waiting.js';

/**
 * What there is, and how it is called. These are named after rows of 'What differs from a local disk' in
 * docs/SEMANTICS.md; `__tests__/package/semantics-rows.test.ts` holds the names together.
 */
describe('what differs from a local disk', () => {
  const server = useServer();
  let disk: string;
  beforeEach(async () => {
    disk = await makeDirectory();
  });

  test('`artifact/*/wandb_manifest.json` in a run', async () => {
    const manifest = 'artifact/1234/wandb_manifest.json';
    const run = await makeRun(server, { [manifest]: '{"version":1}', other: 'other' });
    const path = `${run}/${manifest}`;
    const fs = mount(server);
    expect(fs.readFileSync(path, 'utf8')).toBe('{"version":1}');
    expect(fs.statSync(path).size).toBe(13);
    for (const [name, ...args] of [
      ['writeFile', path, 'x'],
      ['unlink', path],
      ['rename', path, `${run}/moved`],
      ['rename', `${run}/other`, path],
    ] as const) {
      for (const { code } of await errorsOf(fs, name, ...args))
        expect([name, code]).toEqual([name, 'EACCES']);
    }
    expect(await contentOn(server, run, manifest)).toBe('{"version":1}');
  });

  test('rows that were declared but never uploaded', async () => {
    const run = await makeRun(server, { uploaded: 'x' });
    await declareFiles(server, run, ['declared', 'dir/declared']);
    const fs = mount(server);
    expect(await fs.promises.readdir(run, { recursive: true })).toEqual(['uploaded']);
    for (const cold of [fs, mount(server)]) {
      for (const path of [`${run}/declared`, `${run}/dir`, `${run}/dir/declared`])
        expect(cold.existsSync(path)).toBe(false);
    }
  });

  test('both a file `a` and a file `a/b` on the server', async () => {
    nodeFs.writeFileSync(join(disk, 'a'), 'a file');
    expect(await errorOf(() => nodeFs.writeFileSync(join(disk, 'a/b'), 'x'))).toMatchObject({
      code: 'ENOTDIR',
    });

    const run = await makeRun(server, { a: 'a file', 'a/b': 'below it' });
    const fs = mount(server);
    expect(fs.statSync(`${run}/a`).isDirectory()).toBe(true);
    expect(fs.readdirSync(run, { recursive: true })).toEqual(['a', 'a/b']);
    expect(fs.readFileSync(`${run}/a/b`, 'utf8')).toBe('below it');
    expect(await errorOf(() => fs.readFileSync(`${run}/a`))).toMatchObject({ code: 'EISDIR' });
    // Cold, and asked for by its name alone.
    expect(mount(server).statSync(`${run}/a`).isDirectory()).toBe(true);
  });

  test('names that are no UTF-8 (half a character in text, bytes)', async () => {
    const name = Buffer.from([0x61, 0xff]);
    nodeFs.writeFileSync(Buffer.concat([Buffer.from(`${disk}/`), name]), 'x');

    const run = await makeRun(server);
    const fs = mount(server);
    for (const path of [Buffer.concat([Buffer.from(`/${run}/`), name]), `/${run}/a\ud800`]) {
      for (const { code } of await errorsOf(fs, 'writeFile', path, 'x')) expect(code).toBe('EILSEQ');
    }
  });

  test("names that POSIX can't hold (`.`, `..`, `/`, empty, NUL)", async () => {
    // Each of these is the directory itself, one above it, or a place in another one.
    for (const name of ['.', '..', '']) {
      expect(await errorOf(() => nodeFs.writeFileSync(`${disk}/${name}`, 'x'))).toMatchObject({
        code: 'EISDIR',
      });
    }
    expect(await errorOf(() => nodeFs.writeFileSync(`${disk}/a/b`, 'x'))).toMatchObject({ code: 'ENOENT' });
    expect(await errorOf(() => nodeFs.writeFileSync(`${disk}/a\0b`, 'x'))).toMatchObject({
      code: 'ERR_INVALID_ARG_VALUE',
    });

    // The server's names, and the paths that stand for them.
    const names = {
      'dot/.': 'dot/%2E',
      'up/..': 'up/%2E%2E',
      'empty//name': 'empty/%2F/name',
      'nul\0': 'nul%00',
      // What looks like one of these already is told apart.
      'plain/%2E': 'plain/%252E',
    };
    const run = await makeRun(server, Object.fromEntries(Object.keys(names).map((name) => [name, name])));
    const fs = mount(server);
    const listed = fs.readdirSync(run, { recursive: true });
    for (const [name, path] of Object.entries(names)) {
      expect(listed).toContain(path);
      expect(fs.readFileSync(`${run}/${path}`, 'utf8')).toBe(name);
      expect(await mount(server).promises.readFile(`${run}/${path}`, 'utf8')).toBe(name);
      await fs.promises.unlink(`${run}/${path}`);
      expect(await contentOn(server, run, name)).toBeUndefined();
    }
    // A new one is asked for by its real name; the server needn't take it.
    fs.writeFileSync(`${run}/%2E%2E`, 'x');
    const error = await errorOf(() => fs.wandb.flush());
    expect(error).toMatchObject({ code: 'EIO' });
    expect(error.message).toContain('invalid file name ".."');
    fs.unlinkSync(`${run}/%2E%2E`);

    // In the names of files '/' makes directories; those of artifact types and collections are one segment.
    await server.seedArtifacts({ 'lab/project/of%2Fdata/words': { versions: [{ files: { f: 'f' } }] } });
    const artifacts = createWandbArtifactFs({ baseUrl: server.url, apiKey: server.apiKey });
    expect(artifacts.readdirSync('/lab/project')).toContain('of%2Fdata');
    expect(artifacts.readFileSync('/lab/project/of%2Fdata/words/v0/f', 'utf8')).toBe('f');
    await artifacts.wandb.close();
  });

  test('`.` and `..` in paths', async () => {
    nodeFs.writeFileSync(join(disk, 'a'), 'text');
    expect(await errorOf(() => nodeFs.readFileSync(`${disk}/missing/../a`))).toMatchObject({
      code: 'ENOENT',
    });
    expect(await errorOf(() => nodeFs.readFileSync(`${disk}/a/../a`))).toMatchObject({ code: 'ENOTDIR' });

    const run = await makeRun(server, { a: 'text' });
    const fs = mount(server, { root: run });
    for (const path of ['/missing/../a', '/a/../a', '/./a']) {
      expect(fs.readFileSync(path, 'utf8')).toBe('text');
      expect(await fs.promises.readFile(path, 'utf8')).toBe('text');
    }
  });

  test('longest name', async () => {
    nodeFs.writeFileSync(join(disk, 'x'.repeat(255)), 'x');
    expect(await errorOf(() => nodeFs.writeFileSync(join(disk, 'x'.repeat(256)), 'x'))).toMatchObject({
      code: 'ENAMETOOLONG',
    });

    const run = await makeRun(server);
    const fs = mount(server);
    // Bytes, not characters.
    const longest = ['x'.repeat(1024), 'ü'.repeat(512)];
    for (const name of longest) fs.writeFileSync(`${run}/${name}`, name);
    await fs.wandb.flush();
    for (const name of longest) {
      await eventually(
        () => contentOn(server, run, name),
        (seen) => seen === name,
      );
      for (const { code } of await errorsOf(fs, 'writeFile', `${run}/${name}x`, 'x'))
        expect(code).toBe('ENAMETOOLONG');
    }
    // Each component may be so long, but what the server takes of a whole name is its own affair.
    const deep = `${run}/${'d'.repeat(1024)}/${'f'.repeat(1024)}`;
    fs.mkdirSync(dirname(deep));
    fs.writeFileSync(deep, 'x');
    expect(fs.readFileSync(deep, 'utf8')).toBe('x');
    const error = await errorOf(() => fs.wandb.flush());
    expect(error).toMatchObject({ code: 'EIO' });
    expect(error.message).toContain('the file name has more than 1024 bytes');
    fs.unlinkSync(deep);
  });

  test('paths outside the mount', async () => {
    const run = await makeRun(server, { f: 'f' });
    const fs = mount(server, { mountPoint: '/srv/run', root: run });
    const requests = await requestsOf(server, async () => {
      for (const path of ['/srv/other', '/srv/runs/f', '/srv/run/../f', '/etc/hosts', `/${run}/f`]) {
        for (const [name, ...args] of [
          ['stat', path],
          ['readFile', path],
          ['readdir', path],
          ['writeFile', path, 'x'],
          ['mkdir', path, { recursive: true }],
          ['unlink', path],
        ] as const) {
          const codes = (await errorsOf(fs, name, ...args)).map(({ code }) => code);
          expect([name, path, codes]).toEqual([name, path, STYLES.map(() => 'ENOENT')]);
        }
      }
    });
    expect(requests).toEqual([]);
    expect(fs.readFileSync('/srv/run/f', 'utf8')).toBe('f');
  });

  test('directories above the mount point', async () => {
    /** As tools do that don't know of `recursive`. */
    const makeAll = (fs: typeof nodeFs, path: string): void => {
      if (fs.existsSync(path)) return;
      makeAll(fs, dirname(path));
      fs.mkdirSync(path);
    };
    /** And those that begin at the top. */
    const makeFromTop = (fs: typeof nodeFs, path: string): void => {
      const names = path.split('/').slice(1);
      names.forEach((_name, index) => {
        const directory = `/${names.slice(0, index + 1).join('/')}`;
        if (!fs.existsSync(directory)) fs.mkdirSync(directory);
      });
    };
    const run = await makeRun(server, { f: 'f' });
    const mountPoint = join(disk, 'deep/run');
    const alone = mount(server, { mountPoint, root: run });
    expect(nodeFs.statSync(disk).isDirectory()).toBe(true);
    for (const above of ['/', disk, dirname(mountPoint)]) {
      for (const { code } of await errorsOf(alone, 'stat', above)) expect(code).toBe('ENOENT');
      for (const { code } of await errorsOf(alone, 'readdir', above)) expect(code).toBe('ENOENT');
    }

    // Who begins at the place itself, or lets `recursive` do it, gets there; who begins at the top doesn't.
    makeAll(alone, join(mountPoint, 'a/b'));
    alone.mkdirSync(join(mountPoint, 'c/d'), { recursive: true });
    expect(await errorOf(() => makeFromTop(alone, join(mountPoint, 'e/f')))).toMatchObject({
      code: 'ENOENT',
      syscall: 'mkdir',
    });
    expect(alone.readdirSync(mountPoint)).toEqual(['a', 'c', 'f']);

    makeFromTop(nodeFs, join(disk, 'e/f'));
    makeFromTop(mount(server, { root: run }), '/e/f');
    const over = mountAll({ [mountPoint]: alone }, nodeFs);
    expect(over.statSync(dirname(mountPoint)).isDirectory()).toBe(true);
    makeFromTop(over, join(mountPoint, 'e/f'));
    expect(alone.existsSync(join(mountPoint, 'e/f'))).toBe(true);
    expect(nodeFs.existsSync(mountPoint)).toBe(false);
  });
});
