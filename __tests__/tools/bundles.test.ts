import { cp, mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../helpers/directories.js';
import { packageRoot, run, runWell } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';

const PROGRAM = `
import { createWandbFs, mountAll } from 'wandb-fs';
import artifacts from 'wandb-fs/artifacts';
import nodeFs from 'node:fs';

const run = createWandbFs({ root: 'team/project/run' });
const fs = mountAll({ '/mounted': run }, nodeFs);
const draft = '/team/project/dataset/' + process.argv[2] + '/draft';
async function main() {
  const seen = [fs.readFileSync('/mounted/a', 'utf8'), Number(fs.statSync('/mounted/a', { bigint: true }).size)];
  fs.writeFileSync('/mounted/b', 'new');
  seen.push(await fs.promises.readFile('/mounted/b', 'utf8'));
  artifacts.mkdirSync(draft, { recursive: true });
  artifacts.writeFileSync(draft + '/c', draft);
  seen.push(artifacts.wandb.commitSync(draft).version);
  const here = createWandbFs({ root: 'team/project/run', sync: 'off' });
  seen.push(await here.promises.readFile('/a', 'utf8'));
  return seen;
}
main().catch((error) => [error.code, error.message]).then(async (seen) => {
  await fs.wandb.close();
  await artifacts.wandb.close();
  console.log(JSON.stringify([...seen, 'closed']));
});
`;
const SEEN = ['text', 4, 'new', 'v0', 'text', 'closed'];

/**
 * What a bundler makes is the same on each Node, and making it is what this costs: so each is tried on one Node, the oldest,
 * which lacks modules that others have, or a newer one.
 */
const BUNDLERS = process.versions.node.startsWith('20.')
  ? { esbuild: 'main.mjs', 'esbuild-cjs': 'main.js', rollup: 'main.mjs', vite: 'main.mjs' }
  : { webpack: 'main.js', rolldown: 'main.mjs', ncc: 'main.mjs' };

/** Trees of syntax are many objects that live long: they cost a third more in a heap of the usual kind. */
const HEAP = ['--max-semi-space-size=128', '--single-threaded-gc'];

const server = useServer(STANDARD);

describe('a program that is bundled with this package, and runs where neither its sources nor this package are', () => {
  let out: string;
  let failed: Readonly<Record<string, string>>;

  beforeAll(async () => {
    await server.seed({ 'team/project/run': { a: 'text' } });
    const directory = await makeDirectory();
    const project = join(directory, 'project');
    out = join(directory, 'out');
    await layOut(project);
    const script = join(packageRoot, '__tests__/tools/helpers/bundle-all.mjs');
    failed = JSON.parse(
      await runWell(process.execPath, [...HEAP, script, project, out, ...Object.keys(BUNDLERS)], {
        cwd: project,
        timeout: 170_000,
      }),
    );
    // A bundle may hold the addresses of what it was made of.
    await rename(project, join(directory, 'gone'));
  }, 180_000);

  const execute = (name: string, file: string) =>
    run(process.execPath, [join(out, name, file), name], {
      cwd: out,
      env: { WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey },
    });

  test.each(Object.entries(BUNDLERS))('by %s', async (name, file) => {
    expect(failed[name]).toBeUndefined();
    const { exitCode, stdout, stderr } = await execute(name, file);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual(SEEN);
  });

  test('without the I/O thread fails with what is missing, and can be closed', async () => {
    const [[name, file] = ['', '']] = Object.entries(BUNDLERS);
    const filter = (path: string) => !path.includes('wandb-fs-thread');
    await cp(join(out, name), join(out, 'alone'), { recursive: true, filter });
    const { stdout } = await execute('alone', file);
    expect(JSON.parse(stdout)).toEqual(['ENOTSUP', expect.stringContaining("'wandb-fs/thread'"), 'closed']);
  });
});

/** A project with the package in its place, and the packages that it needs. */
async function layOut(project: string): Promise<void> {
  const modules = join(project, 'node_modules');
  const installed = join(modules, 'wandb-fs');
  await mkdir(installed, { recursive: true });
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  await writeFile(join(project, 'main.js'), PROGRAM);
  const manifest = await readFile(join(packageRoot, 'package.json'), 'utf8');
  await writeFile(join(installed, 'package.json'), manifest);
  await cp(join(packageRoot, 'dist'), join(installed, 'dist'), {
    recursive: true,
    filter: (path) => !/\.(map|ts|cts)$/.test(path),
  });
  for (const name of Object.keys(JSON.parse(manifest).dependencies)) {
    await symlink(join(packageRoot, 'node_modules', name), join(modules, name));
  }
}
