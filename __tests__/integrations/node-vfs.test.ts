import { isDeepStrictEqual } from 'node:util';
import { useServer } from '../helpers/server.js';
import { eventually } from '../semantics/helpers/waiting.js';
import { environmentOf, runScript, useProgram } from './scripts.js';

/** A Node without `node:vfs` has nothing to be tested but that: see the first test. */
const isThere = process.allowedNodeEnvironmentFlags.has('--experimental-vfs');
const testWithVfs = (name: string, body: () => Promise<void>): void => {
  if (isThere) test(name, body);
};

const MODULES = {
  'plugin.mjs':
    'import { answer } from "./lib/answer.mjs"; import dep from "dep"; export default [answer, dep];',
  'lib/answer.mjs': 'export const answer = 42;',
  'lib/old.cjs': 'module.exports = [require("./data.json").x, require("../package")];',
  'lib/data.json': '{ "x": 1 }',
  'package/package.json': '{ "main": "main.js" }',
  'package/main.js': 'module.exports = "main";',
  'node_modules/dep/package.json': '{ "type": "module", "exports": "./index.js" }',
  'node_modules/dep/index.js': 'export default "dep";',
};

const server = useServer();
let runs = 0;

const program = useProgram(() => environmentOf(server), ['--experimental-vfs']);

/** Runs a script that has a run mounted at AT; it tells what `value` is. */
async function mounted(
  script: string,
  value: string,
  files: Readonly<Record<string, string>> = { 'a.txt': 'content', 'dir/sub/b.txt': 'inner' },
): Promise<unknown> {
  const run = `team/project/run-${++runs}`;
  await server.seed({ [run]: files });
  return await program(`
    import fs from 'node:fs';
    import { createRequire } from 'node:module';
    import { promisify } from 'node:util';
    import { createWandbFs } from 'wandb-fs';
    import { createVfs } from 'wandb-fs/node-vfs';
    const require = createRequire(process.cwd() + '/script');
    const tree = createWandbFs({ root: '${run}' });
    const vfs = createVfs(tree);
    const AT = vfs.mount();
    const codeOf = async (call) => { try { return [await call(), 'success']; } catch ({ code, path }) { return [code, path?.replace(AT, '')]; } };
    async function outcome() {
      ${script}
      return await (${value});
    }
    const told = await outcome().finally(async () => {
      await tree.wandb.close();
      vfs.unmount();
    });
    export default JSON.parse(JSON.stringify(told).replaceAll(AT, ''));`);
}

test('the entry loads on every Node; without `node:vfs` its use fails by name', async () => {
  const script = `import('wandb-fs/node-vfs').then(({ createVfs }) => createVfs(require('wandb-fs/node-vfs') && {}))`;
  const { exitCode, stderr } = await runScript([], script);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("node:vfs isn't here: it needs Node 26.4, started with --experimental-vfs");
  expect(stderr).toContain("code: 'ENOTSUP'");
});

test('`node:vfs` is there from Node 26.4 on, and only there', () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  expect(isThere).toBe(major > 26 || (major === 26 && minor >= 4));
});

describe('with `node:vfs` (from Node 26.4 on)', () => {
  testWithVfs('import() and require read modules of W&B', async () => {
    const value = `[
      (await import(AT + '/plugin.mjs')).default,
      (await import(vfs.mountPointURL + '/lib/data.json', { with: { type: 'json' } })).default,
      require(AT + '/lib/old.cjs'),
      require(AT + '/plugin.mjs').default,
      require.resolve(AT + '/package')]`;
    expect(await mounted('', value, MODULES)).toEqual([
      [42, 'dep'],
      { x: 1 },
      [1, 'main'],
      [42, 'dep'],
      '/package/main.js',
    ]);
  });

  testWithVfs('fs reads in all its styles', async () => {
    const value = `[
      fs.readFileSync(AT + '/a.txt', 'utf8'),
      await promisify(fs.readFile)(AT + '/a.txt', 'utf8'),
      await fs.promises.readFile(AT + '/a.txt', 'utf8'),
      String(Buffer.concat(await fs.createReadStream(AT + '/a.txt', { start: 3, end: 5 }).toArray())),
      fs.statSync(AT + '/a.txt').size,
      Number((await fs.promises.stat(AT + '/a.txt', { bigint: true })).size),
      fs.realpathSync(AT + '/dir/../a.txt'),
      [fs.existsSync(AT), fs.existsSync(AT + '/missing')],
      await (await fs.openAsBlob(AT + '/a.txt')).text()]`;
    expect(await mounted('', value)).toEqual([
      'content',
      'content',
      'content',
      'ten',
      7,
      7,
      '/a.txt',
      [true, false],
      'content',
    ]);
  });

  testWithVfs('directories tell names, parents and what is below them', async () => {
    const value = `[
      fs.readdirSync(AT, { recursive: true }),
      fs.readdirSync(AT + '/dir', { recursive: true, withFileTypes: true }).map(({ parentPath, name }) => [parentPath, name]),
      (await fs.promises.readdir(AT + '/dir', { recursive: true, withFileTypes: true })).map(({ parentPath, name }) => [parentPath, name]),
      (await Array.fromAsync(await fs.promises.opendir(AT))).map(({ name, parentPath }) => [parentPath, name])]`;
    const below = [
      ['/dir', 'sub'],
      ['/dir/sub', 'b.txt'],
    ];
    expect(await mounted('', value)).toEqual([
      ['a.txt', 'dir', 'dir/sub', 'dir/sub/b.txt'],
      below,
      below,
      [
        ['', 'a.txt'],
        ['', 'dir'],
      ],
    ]);
  });

  testWithVfs('fs writes, and the server has it', async () => {
    const script = `
      fs.writeFileSync(AT + '/new.txt', '1');
      fs.appendFileSync(AT + '/new.txt', '2');
      await fs.promises.appendFile(AT + '/new.txt', '3');
      fs.renameSync(AT + '/new.txt', AT + '/renamed.txt');
      await fs.promises.copyFile(AT + '/renamed.txt', AT + '/copied.txt');
      await new Promise((resolve) => fs.createWriteStream(AT + '/copied.txt', { flags: 'r+', start: 1 }).end('x').on('close', resolve));
      const made = [fs.mkdirSync(AT + '/x/y', { recursive: true }), await fs.promises.mkdir(AT + '/z/y', { recursive: true })];
      fs.rmSync(AT + '/x', { recursive: true });
      await fs.promises.rm(AT + '/a.txt');`;
    expect(await mounted(script, `[made, fs.readdirSync(AT)]`)).toEqual([
      ['/x', '/z'],
      ['copied.txt', 'dir', 'renamed.txt', 'z'],
    ]);
    const expected = [
      ['copied.txt', '1x3'],
      ['dir/sub/b.txt', 'inner'],
      ['renamed.txt', '123'],
    ];
    const texts = async (): Promise<string[][]> => {
      const files = Object.entries(await server.files(`team/project/run-${runs}`));
      return files.map(([name, bytes]) => [name, Buffer.from(bytes).toString()]).sort();
    };
    await eventually(texts, (seen) => isDeepStrictEqual(seen, expected));
  });

  testWithVfs('file descriptors and handles are of the file', async () => {
    const script = `
      const fd = fs.openSync(AT + '/a.txt');
      const bytes = Buffer.alloc(7);
      const counts = [fs.readSync(fd, bytes, 0, 3, null), fs.readSync(fd, bytes, 3, 4, null), fs.fstatSync(fd).size];
      fs.closeSync(fd);
      const handle = await fs.promises.open(AT + '/h.txt', 'w+');
      await handle.write('abc');
      await handle.writeFile(['de', Buffer.from('f')]);
      await handle.appendFile('ghi');
      const { bytesRead, buffer } = await handle.read({ buffer: Buffer.alloc(4), position: 2 });
      const { size } = await handle.stat();
      await handle.sync();
      await handle.truncate(5);
      await handle.close();
      const lines = [];
      for await (const line of (await fs.promises.open(AT + '/h.txt')).readLines()) lines.push(line);`;
    const value = `[counts, String(bytes), bytesRead, String(buffer), size, lines]`;
    expect(await mounted(script, value)).toEqual([[3, 4, 7], 'content', 4, 'cdef', 9, ['abcde']]);
  });

  testWithVfs('failures tell their code and the mounted path', async () => {
    const value = `[
      await codeOf(() => fs.readFileSync(AT + '/missing')),
      await codeOf(() => fs.promises.readFile(AT + '/missing')),
      await codeOf(() => fs.readdirSync(AT + '/a.txt')),
      await codeOf(() => fs.promises.open(AT + '/a.txt', 'wx')),
      await codeOf(() => fs.symlinkSync('a.txt', AT + '/link')).then(([code]) => code)]`;
    expect(await mounted('', value)).toEqual([
      ['ENOENT', '/missing'],
      ['ENOENT', '/missing'],
      ['ENOTDIR', '/a.txt'],
      ['EEXIST', '/a.txt'],
      'EPERM',
    ]);
  });

  testWithVfs('what cannot be told is told as that, not as missing', async () => {
    const script = `
      const unreachable = createWandbFs({ baseUrl: 'http://127.0.0.1:1', apiKey: 'k', root: 'a/b/c', timeout: 100 });
      const there = createVfs(unreachable).mount();`;
    const value = `[
      fs.existsSync(there + '/x'),
      await codeOf(() => fs.readFileSync(there + '/x')).then(([code]) => code),
      await codeOf(() => fs.promises.readFile(there + '/x')).then(([code]) => code)]`;
    const [isSaidToBeThere, ...codes] = (await mounted(script, value)) as unknown[];
    expect(isSaidToBeThere).toBe(true);
    expect(codes).not.toContain('ENOENT');
    expect(new Set(codes).size).toBe(1);
  });

  testWithVfs('an unmounted tree is gone from the process, and can be mounted again', async () => {
    const script = `
      vfs.unmount();
      const gone = [fs.existsSync(AT), vfs.mountPoint, vfs.readFileSync('/a.txt', 'utf8')];
      const again = vfs.mount();`;
    expect(await mounted(script, `[gone, fs.readFileSync(again + '/a.txt', 'utf8')]`)).toEqual([
      [false, null, 'content'],
      'content',
    ]);
  });

  testWithVfs('what is no tree, or has a place already, is refused', async () => {
    const value = `[
      (await codeOf(() => createVfs(fs)))[0],
      (await codeOf(() => createVfs(createWandbFs({ mountPoint: '/runs' }))))[0]]`;
    expect(await mounted('', value)).toEqual(['ERR_INVALID_ARG_TYPE', 'ERR_INVALID_ARG_VALUE']);
  });
});
