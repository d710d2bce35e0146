import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../helpers/directories.js';
import { PAGES, programsOf } from '../helpers/pages.js';
import { packageRoot, run } from '../helpers/processes.js';
import { layOut } from '../tools/helpers/twins.js';

/** Recipes build on each other, and the files of examples are plain JavaScript. */
const blocks = PAGES.flatMap((page) => [...programsOf(page), ...programsOf(page, 'mjs')]).map(
  ({ code }) => code,
);

const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
const ENTRIES = Object.keys(manifest.exports)
  .filter((entry) => entry !== './package.json')
  .map((entry) => entry.replace(/^\./, 'wandb-fs'));

const COMPILERS = { 7: 'typescript', 6: 'typescript-6' };

/** What the compiler says of a project with these files, from where the package is found by its name. */
async function errorsIn(
  files: Readonly<Record<string, string>>,
  compilerOptions: object,
  compiler: keyof typeof COMPILERS,
): Promise<readonly string[]> {
  const project = await makeDirectory();
  const common = {
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable'],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(packageRoot, 'node_modules/@types')],
  };
  layOut(project, {
    ...files,
    'tsconfig.json': JSON.stringify({ compilerOptions: { ...common, ...compilerOptions }, include: ['.'] }),
    'package.json': '{ "private": true, "type": "module" }',
  });
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(packageRoot, join(project, 'node_modules/wandb-fs'));
  for (const name of ['unionfs', 'esbuild', 'rollup', 'rolldown', 'vite', 'webpack']) {
    symlinkSync(join(packageRoot, 'node_modules', name), join(project, 'node_modules', name));
  }
  const tsc = join(packageRoot, 'node_modules', COMPILERS[compiler], 'bin/tsc');
  const { stdout } = await run(process.execPath, [tsc, '-p', project], { cwd: project });
  return stdout.match(/^.*error TS.*$/gm) ?? [];
}

/** Each plugin is one to its bundler. */
const PLUGINS = `
import type { Plugin as EsbuildPlugin } from 'esbuild';
import type { Plugin as RolldownPlugin } from 'rolldown';
import type { Plugin as RollupPlugin } from 'rollup';
import type { Plugin as VitePlugin } from 'vite';
import { esbuildMounts, rollupMounts, webpackMounts } from 'wandb-fs/bundlers';
import type { WebpackPluginInstance } from 'webpack';
export const toEsbuild: EsbuildPlugin = esbuildMounts({});
export const toRolldown: RolldownPlugin = rollupMounts({});
export const toRollup: RollupPlugin = rollupMounts({});
export const toVite: VitePlugin = rollupMounts({});
export const toWebpack: WebpackPluginInstance = webpackMounts({});
`;

test.each([
  ['nodenext', { module: 'nodenext' }],
  ['node16', { module: 'node16' }],
  ['bundler', { module: 'preserve', moduleResolution: 'bundler' }],
])("each program of the pages compiles under TypeScript's %s", async (_, options) => {
  expect(blocks.length).toBeGreaterThan(10);
  const files = Object.fromEntries(blocks.map((block, index) => [`block-${index}.ts`, block]));
  expect(await errorsIn({ ...files, 'plugins.ts': PLUGINS }, options, 7)).toEqual([]);
});

test('each entry has its types under node10, the way of TypeScript before packages had exports', async () => {
  expect(ENTRIES).toContain('wandb-fs/promises');
  const imports = ENTRIES.map((entry, index) => `import * as entry${index} from '${entry}';`);
  const uses = ENTRIES.map((_, index) => `entry${index}`);
  const text = [
    ...imports,
    `export const all: readonly object[] = [${uses}];`,
    "import { readFile } from 'wandb-fs/promises';",
    "export const read: Promise<string> = readFile('a', 'utf8');",
    '// @ts-expect-error: the types are known',
    "export const bytes: Promise<number> = readFile('a', 'utf8');",
  ].join('\n');
  const options = { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' };
  expect(await errorsIn({ 'entries.ts': text }, options, 6)).toEqual([]);
});
