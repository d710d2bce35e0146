import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { makeDirectory } from '../helpers/directories.js';
import { type Block, blocksOf, METRICS, PAGES, PAGES_RUN, textOf } from '../helpers/pages.js';
import { packageRoot, run, withoutDeprecations } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';

const blocks = PAGES.flatMap(blocksOf);
const of = (language: RegExp): readonly Block[] =>
  blocks.filter((block) => block.mark === null && language.test(block.language));
const marked = (kind: string): readonly (Block & { readonly value: string })[] =>
  blocks.flatMap((block) => (block.mark?.kind === kind ? { ...block, value: block.mark.value } : []));

/** Where recorded runs and artifacts are that the guides speak of, beside `entity/project/run`. */
const server = useServer({ ...STANDARD, world: join(packageRoot, '__fixtures__/wandb') });
const environment = () => ({ WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey, NO_COLOR: '1' });

// Bundlers and test runners are started, which takes its time on a busy machine.
jest.setTimeout(120_000);

/** A directory in which the examples find the package, and what it is developed with, as if they had installed it. */
let workspace: string;

beforeAll(async () => {
  workspace = await makeDirectory();
  const modules = join(workspace, 'node_modules');
  mkdirSync(modules);
  const installed = join(packageRoot, 'node_modules');
  for (const name of readdirSync(installed)) symlinkSync(join(installed, name), join(modules, name));
  symlinkSync(packageRoot, join(modules, 'wandb-fs'));
});

/** What the shell finds in place of npx, which would look for a registry first. */
const SHELL = `
  set -euo pipefail
  npx() { local name=$1; shift; if [ "$name" = wandb-fs ]; then node "$PACKAGE" "$@"; else "$MODULES/.bin/$name" "$@"; fi; }
`;

/** Commands in a fresh copy of an example, with what it printed. */
async function inExample(directory: string, commands: string) {
  const copy = join(workspace, directory);
  await cp(join(packageRoot, directory), copy, { recursive: true });
  return run('bash', ['-c', SHELL + commands], {
    cwd: copy,
    env: {
      ...environment(),
      PACKAGE: join(packageRoot, 'dist/esm/cli/main.js'),
      MODULES: join(packageRoot, 'node_modules'),
    },
  });
}

async function seeded(files: object = PAGES_RUN): Promise<void> {
  await server.reset();
  await server.seed({ 'entity/project/run': { ...files } });
  await server.seed({ 'vision-lab/metrics/night-shift': {} }, METRICS);
}

/** In this directory the package finds itself by its name. */
const execute = ({ code }: Block, ...flags: string[]) =>
  run(process.execPath, [...flags, '--input-type=module', '--eval', code], {
    cwd: packageRoot,
    env: environment(),
  });

const endsWell = (ended: Awaited<ReturnType<typeof run>>, { output }: Block) =>
  expect({ ...ended, stderr: withoutDeprecations(ended.stderr) }).toEqual({
    exitCode: 0,
    stdout: output ?? expect.any(String),
    stderr: '',
  });

describe('the pages', () => {
  it('have blocks of languages that are run or read here, and of none else without a reason', () => {
    expect(blocks.length).toBeGreaterThan(40);
    const strays = blocks.filter(
      ({ mark, language }) => mark === null && !/^(js|mjs|json|yaml)$/.test(language),
    );
    expect(strays.map(({ title, language }) => `${title} (${language})`)).toEqual([]);
  });

  it.each(of(/^js$/))('$title', async (block) => {
    await seeded();
    endsWell(await execute(block), block);
  });

  const VFS_FLAG = '--experimental-vfs';
  // Which Nodes have it is held by the tests of the entry.
  if (process.allowedNodeEnvironmentFlags.has(VFS_FLAG)) {
    it.each(of(/^mjs$/))('with `node:vfs` (from Node 26.4 on), $title', async (block) => {
      await seeded({ ...PAGES_RUN, 'code/model.mjs': "export default 'a model';" });
      endsWell(await execute(block, VFS_FLAG, '--no-warnings'), block);
    });
  }

  it.each(marked('run in'))('$title', async (block) => {
    await seeded();
    const ended = await inExample(block.value, block.code);
    expect(ended).toMatchObject({ exitCode: 0 });
    if (block.output !== undefined) expect(ended.stdout).toBe(block.output);
  });

  it('show files as they are', () => {
    const differing = marked('file').filter(({ code, value }) => code !== textOf(value));
    expect(differing.map(({ title, value }) => `${title}: not as ${value}`)).toEqual([]);
  });

  it('show JSON and YAML that can be read', () => {
    for (const { code } of of(/^json$/)) expect(JSON.parse(code.replaceAll('…', ''))).toBeDefined();
    for (const { code } of of(/^yaml$/)) expect(load(code)).toBeDefined();
  });

  it('name tests that take blocks from them', () => {
    const strays = marked('run by').filter(({ document, value }) => {
      const file = join(packageRoot, '__tests__', `${value}.test.ts`);
      return !existsSync(file) || !readFileSync(file, 'utf8').includes(document.replace(/^.*\//, ''));
    });
    expect(strays.map(({ title }) => title)).toEqual([]);
  });
});

describe('the examples', () => {
  const names = readdirSync(join(packageRoot, 'examples')).sort();
  const { devDependencies } = JSON.parse(textOf('package.json'));

  it('are each shown by a guide, and run there', () => {
    const run = new Set(marked('run in').map(({ value }) => value.replace('examples/', '')));
    expect(names.filter((name) => !run.has(name) && name !== 'first-use')).toEqual([]);
  });

  it('ask for the versions that they are tested with', () => {
    for (const name of names.filter((each) => each !== 'first-use')) {
      const { dependencies } = JSON.parse(textOf(`examples/${name}/package.json`));
      const { 'wandb-fs': own, ...others } = dependencies;
      expect(own).toBe('file:../..');
      expect(devDependencies).toMatchObject(others);
    }
  });
});
