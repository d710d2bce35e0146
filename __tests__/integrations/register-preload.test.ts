import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../helpers/directories.js';
import { packageRoot, runWell } from '../helpers/processes.js';
import { useServer } from '../helpers/server.js';
import { contentOn, eventually } from '../semantics/helpers/waiting.js';
import { distFile, environmentOf, esm, printedBy, runScript } from './scripts.js';

const server = useServer();
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  await server.seed({ 'team/project/run': { 'config.yaml': 'lr: 0.1' } });
  env = environmentOf(server);
});

const READ = `JSON.stringify([fs.readdirSync('/wandb'), fs.readFileSync('/wandb/runs/team/project/run/config.yaml', 'utf8')])`;
const IMPORTED = `import * as fs from 'node:fs'; console.log(${READ});`;
/** Both by one program, CommonJS or an ES module. */
const REQUIRED_AND_IMPORTED = `
  const required = ((fs) => ${READ})(require('node:fs'));
  import('data:text/javascript,import * as fs from "node:fs"; export default fs').then(({ default: fs }) =>
    console.log('[' + required + ',' + ${READ} + ']'));`;
const IMPORTED_AND_REQUIRED = `
  import * as imported from 'node:fs';
  import { createRequire } from 'node:module';
  const seen = [createRequire(process.cwd() + '/program')('node:fs'), imported].map((fs) => ${READ});
  console.log('[' + seen + ']');`;
const SEEN = [['artifacts', 'runs'], 'lr: 0.1'];

describe('a flag of the process registers before the first line of its program', () => {
  test.each([
    ['--import', ['--import', 'wandb-fs/register']],
    ['--require', ['--require', 'wandb-fs/register']],
  ])('by %s', async (_, flags) => {
    expect(await printedBy([...flags, ...esm], IMPORTED_AND_REQUIRED, env)).toEqual([SEEN, SEEN]);
  });

  test.each([
    ['--import=', ['--import=wandb-fs/register']],
    ['-r', ['-r', 'wandb-fs/register']],
    ['both', ['--require', 'wandb-fs/register', '--import', 'wandb-fs/register']],
    ['the path of the file', ['--import', distFile('esm/integrations/register.js')]],
    ['a relative path', ['--require', './dist/cjs/register.cjs']],
  ])('by %s', async (_, flags) => {
    expect(await printedBy(flags, REQUIRED_AND_IMPORTED, env)).toEqual([SEEN, SEEN]);
  });

  test('in NODE_OPTIONS', async () => {
    const NODE_OPTIONS = '--no-warnings --import "wandb-fs/register"';
    expect(await printedBy(esm, IMPORTED, { ...env, NODE_OPTIONS })).toEqual(SEEN);
  });

  test('and a file that is the program finds names of node:fs that see it', async () => {
    const directory = await makeDirectory();
    const program = join(directory, 'program.mjs');
    await writeFile(
      program,
      `import { readFileSync } from 'fs';
       import { readdir } from 'fs/promises';
       console.log(readFileSync('/wandb/runs/team/project/run/config.yaml', 'utf8'), await readdir('/wandb/runs/team/project'));`,
    );
    const args = ['--import', 'wandb-fs/register', program];
    expect(await runWell(process.execPath, args, { cwd: packageRoot, env })).toBe("lr: 0.1 [ 'run' ]\n");
  });

  test('WANDB_FS_MOUNTS says what is mounted where', async () => {
    const WANDB_FS_MOUNTS = '/data/run=wandbfs:team/project/run';
    const script = `const fs = require('node:fs'); console.log(JSON.stringify([fs.readdirSync('/data/run'), fs.existsSync('/wandb')]));`;
    expect(await printedBy(['--import', 'wandb-fs/register'], script, { ...env, WANDB_FS_MOUNTS })).toEqual([
      ['config.yaml'],
      false,
    ]);
  });

  test('what the variable says must make sense', async () => {
    const { exitCode, stderr } = await runScript(['--import', 'wandb-fs/register'], '', {
      WANDB_FS_MOUNTS: 'nonsense',
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("TypeError: WANDB_FS_MOUNTS has 'nonsense'");
  });

  test('what is written is uploaded before the process ends', async () => {
    const script = `require('node:fs').writeFileSync('/wandb/runs/team/project/run/new.txt', 'new');`;
    const { exitCode, stderr } = await runScript(['--import', 'wandb-fs/register'], script, env);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const stored = () => contentOn(server, 'team/project/run', 'new.txt');
    expect(await eventually(stored, (text) => text !== undefined)).toBe('new');
  });

  test('the registration can be had, and ended, by the program', async () => {
    const script = `
      import fs from 'node:fs';
      import { register } from 'wandb-fs/register';
      const { unregister, wandb } = register();
      const before = fs.existsSync('/wandb');
      await wandb.close();
      unregister();
      console.log(JSON.stringify([before, fs.existsSync('/wandb')]));`;
    expect(await printedBy(['--import', 'wandb-fs/register', ...esm], script, env)).toEqual([true, false]);
  });
});

test('without a flag an import alone changes nothing', async () => {
  const script = `
    import fs from 'node:fs';
    const before = Object.getOwnPropertyDescriptors(fs);
    await import('wandb-fs/register');
    const after = Object.getOwnPropertyDescriptors(fs);
    console.log(JSON.stringify(Reflect.ownKeys(after).filter((key) => after[key].value !== before[key].value)));`;
  expect(await printedBy(esm, script)).toEqual([]);
});

describe('threads', () => {
  const PROBE = `
    const { isMainThread, workerData } = require('node:worker_threads');
    const { writeSync, existsSync } = require('node:fs');
    if (!isMainThread) writeSync(1, (workerData === 'mine' ? 'mine ' : 'other ') + existsSync('/wandb') + '\\n');`;

  test('of the process are registered with it, those of this package are not', async () => {
    const probe = join(await makeDirectory(), 'probe.cjs');
    await writeFile(probe, PROBE);
    const script = `
      const { Worker } = require('node:worker_threads');
      require('node:fs').readFileSync('/wandb/runs/team/project/run/config.yaml');
      new Worker('', { eval: true, workerData: 'mine' });`;
    const NODE_OPTIONS = `--require wandb-fs/register --require ${probe}`;
    const { stdout, exitCode } = await runScript([], script, { ...env, NODE_OPTIONS });
    expect(exitCode).toBe(0);
    expect(stdout.trim().split('\n').sort()).toEqual(['mine true', 'other false']);
  });
});
