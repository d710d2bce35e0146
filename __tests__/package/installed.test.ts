import { type Dirent, existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeDirectory } from '../helpers/directories.js';
import { packed } from '../helpers/packed.js';
import { packageRoot, run, runWell, withoutDeprecations } from '../helpers/processes.js';

/** Real work against the local server, the same whichever way the package was loaded. */
const WORK = `
async function work() {
  const wandb = await startFakeWandb();
  await wandb.seed({ 'team/project/run': { 'config.yaml': 'lr: 0.1', 'media/a.txt': 'A' } });
  const fs = createWandbFs({ baseUrl: wandb.url, apiKey: wandb.apiKey });
  const seen = [
    fs.readFileSync('team/project/run/config.yaml', 'utf8'),
    await fs.promises.readdir('team/project/run', { recursive: true }),
    typeof readFile,
    typeof wandbFs.readFileSync,
  ];
  fs.writeFileSync('team/project/run/notes.md', '# Notes');
  await fs.wandb.close();
  const uploaded = await wandb.files('team/project/run');
  seen.push(Buffer.from(uploaded['notes.md']).toString());
  await wandb.close();
  return seen;
}
`;
const SEEN = ['lr: 0.1', ['config.yaml', 'media', 'media/a.txt'], 'function', 'function', '# Notes'];

const IMPORTS = `
import wandbFs, { createWandbFs } from 'wandb-fs';
import { readFile } from 'wandb-fs/promises';
import { startFakeWandb } from 'wandb-fs/testing';
`;
const REQUIRES = `
const { default: wandbFs, createWandbFs } = require('wandb-fs');
const { readFile } = require('wandb-fs/promises');
const { startFakeWandb } = require('wandb-fs/testing');
`;

/** Types that would be lost if a declaration weren't found: each line is an error then. */
const TYPED = `
const fs: WandbFs = createWandbFs({ apiKey: 'key', listingTtl: 1000 });
export const text: string = fs.readFileSync('a/b/c/d', 'utf8');
export const done: Promise<void> = fs.wandb.flush();
export const read: Promise<string> = readFile('a/b/c/d', 'utf8');
export const server: Promise<FakeWandb> = startFakeWandb({ finalize: { delayMs: 10 } });
export const entries: import('node:fs').Dirent[] = wandbFs.readdirSync('a', { withFileTypes: true });
// @ts-expect-error
createWandbFs({ listingTtl: 'long' });
`;
const TYPED_IMPORTS = `
import wandbFs, { createWandbFs, type WandbFs } from 'wandb-fs';
import { readFile } from 'wandb-fs/promises';
import { startFakeWandb, type FakeWandb } from 'wandb-fs/testing';
`;

const MOST_PACKAGES = 35;
const MOST_BYTES = 30_000_000;

/** npm asks its registry with those of this machine. */
const { NODE_EXTRA_CA_CERTS } = process.env;
const CERTIFICATES = NODE_EXTRA_CA_CERTS ? { NODE_EXTRA_CA_CERTS } : {};

const fileOf = ({ parentPath, name }: Dirent): string => join(parentPath, name);

const LINK = /\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g;

describe('the packed package, installed into an empty project', () => {
  let project: string;

  beforeAll(async () => {
    project = await makeDirectory();
    await writeFile(join(project, 'package.json'), '{ "private": true }');
    const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', await packed()];
    await runWell('npm', install, { cwd: project, env: CERTIFICATES });
  }, 90_000);

  it('is few packages and megabytes, with all that it needs', async () => {
    const modules = join(project, 'node_modules');
    const lock = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')) as {
      packages: object;
    };
    const packages = Object.keys(lock.packages).length;
    const entries = await readdir(modules, { recursive: true, withFileTypes: true });
    const sizes = await Promise.all(
      entries.filter((entry) => entry.isFile()).map(async (entry) => (await stat(fileOf(entry))).size),
    );
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    process.stdout.write(`installed: ${packages} packages, ${(bytes / 1e6).toFixed(1)} MB\n`);
    expect(packages).toBeLessThanOrEqual(MOST_PACKAGES);
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('works from ESM', async () => {
    await writeFile(join(project, 'main.mjs'), `${IMPORTS}${WORK}console.log(JSON.stringify(await work()));`);
    expect(JSON.parse(await runWell(process.execPath, ['main.mjs'], { cwd: project }))).toEqual(SEEN);
  });

  it('works from CommonJS', async () => {
    await writeFile(
      join(project, 'main.cjs'),
      `${REQUIRES}${WORK}work().then((seen) => console.log(JSON.stringify(seen)));`,
    );
    expect(JSON.parse(await runWell(process.execPath, ['main.cjs'], { cwd: project }))).toEqual(SEEN);
  });

  it('works in a Jest project without any configuration', async () => {
    await writeFile(
      join(project, 'wandb.test.js'),
      `${REQUIRES}${WORK}test('work', async () => expect(await work()).toEqual(${JSON.stringify(SEEN)}));`,
    );
    const jest = join(packageRoot, 'node_modules/jest/bin/jest.js');
    const { exitCode, stderr } = await run(process.execPath, [jest], { cwd: project });
    expect(stderr).toContain('Tests:       1 passed, 1 total');
    expect(stderr).not.toContain('did not exit');
    expect(exitCode).toBe(0);
  });

  const SUFFIXES = ['mts', 'cts'];
  /** Both kinds of file at once: most of what TypeScript does is the same for them. */
  async function compiled() {
    const sources = join(project, 'typed');
    await mkdir(sources);
    for (const suffix of SUFFIXES) await writeFile(join(sources, `main.${suffix}`), TYPED_IMPORTS + TYPED);
    await writeFile(
      join(sources, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          module: 'nodenext',
          target: 'es2022',
          lib: ['es2023', 'esnext.disposable'],
          strict: true,
          noEmit: true,
          types: ['node'],
          typeRoots: [join(packageRoot, 'node_modules/@types')],
        },
        include: ['.'],
      }),
    );
    const tsc = join(packageRoot, 'node_modules/typescript/bin/tsc');
    return run(process.execPath, [tsc, '-p', sources, '--listFiles'], { cwd: project });
  }
  let compilation: ReturnType<typeof compiled> | null = null;

  it.each(SUFFIXES)("has types under TypeScript's nodenext in a .%s file", async (suffix) => {
    compilation ??= compiled();
    const { exitCode, stdout } = await compilation;
    expect({ exitCode, errors: stdout.match(/^.*error TS.*$/gm) }).toEqual({ exitCode: 0, errors: null });
    expect(stdout).toContain(`/typed/main.${suffix}\n`);
  });

  it('has the demo, which shows each step with the requests that it cost, and ends by itself', async () => {
    // What npx runs, and by npx the next one.
    const program = join(project, 'node_modules/.bin/wandb-fs');
    const { exitCode, stdout, stderr } = await run(program, ['demo'], { cwd: project });
    expect({ exitCode, stderr: withoutDeprecations(stderr) }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^ {2}list it all: .* {3}1 GraphQL$/m);
    expect(stdout).toMatch(/^ {2}ask again: .* {3}none$/m);
    expect(stdout).toMatch(/unionfs/);
    expect(stdout).toMatch(/^ {2}look for something outside the mount {3,}none$/m);

    // README's picture is drawn of it.
    const printed = join(project, 'demo.txt');
    await writeFile(printed, stdout);
    const drawn = ['scripts/demo-picture.mjs', '--check', printed];
    expect(await run(process.execPath, drawn, { cwd: packageRoot })).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
  });

  it('has its command line', async () => {
    expect(await runWell('npx', ['--no-install', 'wandb-fs', '--help'], { cwd: project })).toMatch(
      /^Usage: wandb-fs/,
    );
  });

  it('no document of the package links to a file that is not in the package', async () => {
    const root = join(project, 'node_modules/wandb-fs');
    const documents = (await readdir(root, { recursive: true })).filter((path) =>
      /^(?!node_modules).*\.md$/.test(path),
    );
    expect(documents).toEqual(
      expect.arrayContaining(['README.md', 'docs/SEMANTICS.md', 'docs/quick-start.md']),
    );
    const links = documents.flatMap((document) =>
      [...readFileSync(join(root, document), 'utf8').matchAll(LINK)].map(([, target = '']) => ({
        document,
        leadsTo: join(root, dirname(document), target),
      })),
    );
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter(({ leadsTo }) => !existsSync(leadsTo))).toEqual([]);
  });
});
