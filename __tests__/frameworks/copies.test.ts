import nodeFs from 'node:fs';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { createWandbFs } from 'wandb-fs';
import { makeDirectory } from '../helpers/directories.js';
import { packageRoot, run } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';

const server = useServer(STANDARD);
let directory: string;
beforeAll(async () => {
  await server.seed({ 'team/project/run': { 'a.txt': 'content' } });
  directory = await makeDirectory();
  await mkdir(join(directory, 'node_modules'));
  // Another installation: other files, so other classes and other state.
  const other = join(directory, 'node_modules/wandb-fs');
  await cp(join(packageRoot, 'dist/cjs'), join(other, 'dist/cjs'), { recursive: true });
  await symlink(join(packageRoot, 'dist/esm'), join(other, 'dist/esm'), 'junction');
  await cp(join(packageRoot, 'package.json'), join(other, 'package.json'));
  await symlink(join(packageRoot, 'node_modules'), join(other, 'node_modules'), 'junction');
  const text = await readFile(join(other, 'dist/cjs/index.cjs'), 'utf8');
  await writeFile(join(other, 'dist/cjs/older.cjs'), text.replace(/VERSION = "[^"]+"/, 'VERSION = "0.0.1"'));
  await writeFile(join(other, 'dist/cjs/late.cjs'), text);
});

interface Part {
  readonly script: string;
  readonly value: string;
}
const parts: Part[] = [];

/** One program, whose parts have trees of their own: this package as ESM, as CommonJS, and in another installation. */
const program = () => `
  import nodeFs from 'node:fs';
  import { createRequire } from 'node:module';
  import * as esm from 'wandb-fs';
  import * as registerEsm from 'wandb-fs/register';
  const packages = [
    { ...esm, ...registerEsm },
    ...['${packageRoot}/script', '${directory}/script'].map(createRequire).map(
      (require) => ({ ...require('wandb-fs'), ...require('wandb-fs/register') }),
    ),
  ];
  const ofOther = createRequire('${directory}/node_modules/wandb-fs/dist/cjs/script');
  process.on('warning', ({ message }) => console.error(message));
  const parts = [${parts
    .map(
      ({ script, value }) => `async (trees) => {
        ${script}
        return ${value};
      }`,
    )
    .join()}];
  const told = [];
  for (const part of parts) {
    const trees = packages.map(({ createWandbFs }) => createWandbFs({ root: 'team/project' }));
    told.push(await part(trees).catch((error) => error.stack));
    await Promise.all(trees.map(({ wandb }) => wandb.close()));
  }
  console.log(JSON.stringify(told));`;

let running: ReturnType<typeof run> | null = null;

/** Makes a script a part of that program, which runs for the first test that asks; resolves with the value that it found. */
function told(script: string, value: string): () => Promise<unknown> {
  const at = parts.push({ script, value }) - 1;
  return async () => {
    running ??= run(process.execPath, ['--input-type=module', '--eval', program()], {
      cwd: packageRoot,
      env: { WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey },
    });
    const { stdout, stderr } = await running;
    expect(stderr).toBe('');
    return JSON.parse(stdout)[at];
  };
}

test('a copy of isolateModules takes the trees of the one outside', () => {
  const tree = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey, root: 'team/project' });
  jest.isolateModules(() => {
    const other: typeof import('wandb-fs') = require('wandb-fs');
    expect(other.createWandbFs).not.toBe(createWandbFs);
    const fs = other.mountAll({ '/mnt': tree }, nodeFs);
    expect(fs.readFileSync('/mnt/run/a.txt', 'utf8')).toBe('content');
  });
});

test('no tree of another realm, such as that of a Jest environment, gives out the same fd or device', async () => {
  const { getBuiltinModule } = runInThisContext('process') as NodeJS.Process;
  const outside = getBuiltinModule('node:module').createRequire(__filename);
  const other: typeof import('wandb-fs') = outside('wandb-fs');
  expect(other.createWandbFs).not.toBe(createWandbFs);
  const options = { baseUrl: server.url, apiKey: server.apiKey, root: 'team/project' };
  const trees = [createWandbFs(options), other.createWandbFs(options)];
  // As many of each as may be ahead of the other.
  const fds = trees.flatMap((tree) => Array.from({ length: 20 }, () => tree.openSync('/run/a.txt', 'r')));
  expect(new Set(fds).size).toBe(fds.length);
  const devices = trees.map((tree) => tree.statSync('/run').dev);
  expect(new Set(devices).size).toBe(devices.length);
  await Promise.all(trees.map((tree) => tree.wandb.close()));
});

test('what a filter promises is known for a promise of whichever realm', async () => {
  const outside = runInThisContext('Promise') as PromiseConstructor;
  expect(outside).not.toBe(Promise);
  const fs = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey, root: 'team/project' });
  const filter = () => outside.resolve(true) as unknown as boolean;
  const call = () => fs.cpSync('/run/a.txt', '/run/b.txt', { filter });
  expect(call).toThrow(expect.objectContaining({ code: 'ERR_INVALID_RETURN_VALUE' }));
  await fs.wandb.close();
});

describe('the default instance', () => {
  const shared = told(
    `
      const [first, ...others] = packages.map(({ wandbFs }) => wandbFs);
      await first.promises.writeFile('/team/project/run/new.txt', 'by one');
      const seen = others.map((fs) => fs.readFileSync('/team/project/run/new.txt', 'utf8'));
      const areOne = ['wandbFs', 'wandbArtifacts'].every((name) => new Set(packages.map((each) => each[name])).size === 1);`,
    '[areOne, seen]',
  );
  test('is one for all copies of a version, and what one writes the others read', async () => {
    expect(await shared()).toEqual([true, ['by one', 'by one']]);
  });

  const ofOthers = told(
    `
      const [{ wandbFs }] = packages;
      const { wandbFs: ofOlder } = ofOther('./older.cjs');
      await wandbFs.promises.readFile('/team/project/run/a.txt');
      await wandbFs.wandb.close();
      const { wandbFs: late } = ofOther('./late.cjs');
      const seen = [ofOlder, late].map((fs) => fs.readFileSync('/team/project/run/a.txt', 'utf8'));
      const distinct = new Set([wandbFs, ofOlder, late]).size;
      trees.push(ofOlder, late);`,
    '[distinct, seen]',
  );
  test('is another one for another version, and where that of the others was closed', async () => {
    expect(await ofOthers()).toEqual([3, ['content', 'content']]);
  });

  test('is a new one for a copy that is loaded again', async () => {
    const first: typeof import('wandb-fs') = require('wandb-fs');
    jest.resetModules();
    const again: typeof import('wandb-fs') = require('wandb-fs');
    expect(again.wandbFs).not.toBe(first.wandbFs);
    expect(again.wandbArtifacts).not.toBe(first.wandbArtifacts);
    expect(require('wandb-fs').wandbFs).toBe(again.wandbFs);
  });
});

const different = told('', 'new Set(packages.map(({ createWandbFs }) => createWandbFs)).size');
test('are three', async () => {
  expect(await different()).toBe(3);
});

const mounted = told(
  `
    const all = packages.map(({ mountAll }) => mountAll(Object.fromEntries(trees.map((tree, index) => ['/mnt/' + index, tree])), nodeFs));
    const text = async (stream) => { let all = ''; for await (const part of stream) all += part; return all; };
    const outcome = async (fs, index) => {
      const path = '/mnt/' + index + '/run/a.txt';
      const handle = await fs.promises.open(path);
      const fd = fs.openSync(path);
      const seen = [
        fs.readFileSync(path, 'utf8'), await handle.readFile('utf8'), fs.readFileSync(fd, 'utf8'),
        await text(fs.createReadStream('', { fd: await fs.promises.open(path), encoding: 'utf8' })),
        await fs.promises.stat(path + 'x').catch(({ code, path }) => code + path),
        fs.statSync(path + 'x', { throwIfNoEntry: false }) === undefined,
      ];
      const own = await trees[index].promises.open('/run/a.txt');
      seen.push(await trees[(index + 1) % trees.length].promises.readFile(own, 'utf8'));
      await own.close();
      await handle.close();
      fs.closeSync(fd);
      return seen;
    };
    const outcomes = [];
    for (const fs of all) for (const index of trees.keys()) outcomes.push(JSON.stringify(await outcome(fs, index)).replaceAll('/mnt/' + index, ''));`,
  '[...new Set(outcomes)].map(JSON.parse)',
);
test('mountAll of each takes the trees of all, their handles, streams and failures', async () => {
  expect(await mounted()).toEqual([
    ['content', 'content', 'content', 'content', 'ENOENT/run/a.txtx', true, 'content'],
  ]);
});

const registered = told(
  `
    const seen = [];
    for (const { register } of packages) for (const tree of trees) {
      const { unregister } = register({ mounts: { '/mnt': tree } });
      seen.push(nodeFs.readFileSync('/mnt/run/a.txt', 'utf8'));
      unregister();
    }`,
  '[seen.length, [...new Set(seen)]]',
);
test('register of each takes the trees of all', async () => {
  expect(await registered()).toEqual([9, ['content']]);
});

const many = told(
  `
    const many = packages.flatMap(({ createWandbFs }) => Array.from({ length: 4 }, () => createWandbFs({ root: 'team/project' })));
    trees.push(...many);
    const fds = trees.map((tree) => tree.openSync('/run/a.txt'));
    const devices = trees.map((tree) => tree.statSync('/run').dev);`,
  '[fds, devices].map((all) => new Set(all).size === trees.length)',
);
test('no two give out the same fd or device, and a dozen copies of trees warn of nothing', async () => {
  expect(await many()).toEqual([true, true]);
});
