/**
 * Builds dist/: the ESM build with its types (tsc), the documents it reads at run time, and a CommonJS twin (esbuild).
 *
 * The twin exists because Jest's default mode can't require ESM: one file for each entry of package.json's `exports`
 * that has a `require` condition. Threads are not bundled; both builds start the ESM files (`src/threads/thread-file.ts`).
 * What is no dependency in package.json is bundled, so that nobody has to install it: little is used of most of it.
 *
 * Everything is made in a directory beside dist/ and put in its place at the end: whoever uses dist/ meanwhile sees the
 * old build or the new one, and a failed build changes nothing.
 */
import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleCommonJs } from './bundle-commonjs.mjs';
import { bundleEsm } from './bundle-esm.mjs';
import { thirdParties } from './third-parties.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const made = join(root, `.build-${process.pid}`);

const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

/** What the local server executes documents against. */
const SCHEMA = ['esm/wire/schema.graphql', 'esm/wire/newer/schema.graphql'];

/** The entries that CommonJS can require: where each one's ESM file and its twin lie, relative to dist/. */
const entries = Object.values(manifest.exports)
  .filter((entry) => typeof entry === 'object' && 'require' in entry)
  .map((entry) => ({
    esm: posix.relative('dist', entry.import.default),
    types: posix.relative('dist', entry.import.types),
    cjs: posix.relative('dist', entry.require.default),
    cjsTypes: posix.relative('dist', entry.require.types),
  }));

async function compile() {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { status, signal } = spawnSync(
    process.execPath,
    [tsc, '-p', 'tsconfig.json', '--outDir', join(made, 'esm')],
    {
      cwd: root,
      stdio: 'inherit',
    },
  );
  if (status !== 0)
    throw new Error(`tsc failed (${signal ?? `exit code ${status}`}): mend the errors above.`);
  for (const file of await filesBelow(join(root, 'src'), '.graphql')) {
    await cp(join(root, 'src', file), join(made, 'esm', file));
  }
  for (const file of Object.values(manifest.bin)) {
    const program = join(made, relative('dist', file));
    if (!(await readFile(program, 'utf8')).startsWith('#!'))
      throw new Error(`${file} doesn't begin with a #! line.`);
    await chmod(program, 0o755);
  }
}

/**
 * TypeScript takes the kind of a module from its declaration's suffix, so the twin's types are the ESM build's under
 * names of their own: each declaration that an entry leads to becomes a .d.cts that names .cjs files.
 *
 * @returns the declarations that entries lead to, relative to dist/
 */
async function declareCommonJs() {
  const specifier = /((?:\bfrom|\bimport)\s*\(?\s*)(['"])(\.{1,2}\/[^'"]+)\.js\2/g;
  const twins = new Map(entries.map((entry) => [entry.types, entry.cjsTypes]));
  const twinOf = (file) =>
    twins.get(file) ?? posix.join('cjs/types', posix.relative('esm', file)).replace(/\.d\.ts$/, '.d.cts');
  const pending = [...twins.keys()];
  const seen = new Set(pending);
  for (const file of pending) {
    const twin = twinOf(file);
    const text = (await readFile(join(made, file), 'utf8')).replace(specifier, (_, before, quote, path) => {
      const target = posix.join(posix.dirname(file), `${path}.d.ts`);
      if (!seen.has(target)) pending.push(target);
      seen.add(target);
      const there = posix.relative(posix.dirname(twin), twinOf(target)).replace(/\.d\.cts$/, '.cjs');
      return `${before}${quote}${there.startsWith('.') ? there : `./${there}`}${quote}`;
    });
    await mkdir(dirname(join(made, twin)), { recursive: true });
    await writeFile(join(made, twin), text);
  }
  return pending;
}

/**
 * What of the ESM build is in the package: what was bundled, the declarations that entries lead to, and the schema that the
 * local server reads. Source maps aren't: with the sources in them they were two thirds of the package, and what is bundled
 * keeps its lines and its names.
 *
 * Each directory leaves out what of its own isn't packed: npm compares every file with every rule of those that it lies in.
 */
async function choosePacked(files, directory = 'esm') {
  const isPacked = (path) => files.some((file) => file === path || file.startsWith(`${path}/`));
  const entries = await readdir(join(made, directory), { withFileTypes: true });
  const leftOut = entries.filter(({ name }) => !isPacked(`${directory}/${name}`));
  await writeFile(join(made, directory, '.npmignore'), leftOut.map(({ name }) => `/${name}\n`).join(''));
  for (const entry of entries) {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory() && isPacked(path)) await choosePacked(files, path);
  }
}

async function filesBelow(directory, suffix) {
  const names = await readdir(directory, { recursive: true });
  return names.filter((name) => name.endsWith(suffix)).sort();
}

async function putInPlace() {
  const old = `${made}-old`;
  await rename(dist, old).catch((error) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(made, dist);
  await rm(old, { recursive: true, force: true });
}

try {
  await mkdir(made);
  await compile();
  const programs = Object.values(manifest.bin).map((file) => posix.relative('dist', file));
  const dependencies = Object.keys(manifest.dependencies);
  const { outputs, inputs } = await bundleEsm({
    made,
    entries: [...entries.map(({ esm }) => esm), ...programs],
    dependencies,
  });
  const required = await bundleCommonJs({ root, made, entries, dependencies });
  const types = await declareCommonJs();
  await choosePacked([
    ...outputs,
    ...types,
    posix.relative('dist', manifest.exports['./thread'].types),
    ...SCHEMA,
  ]);
  await writeFile(join(made, 'THIRD-PARTY.md'), await thirdParties(root, [...inputs, ...required]));
  await putInPlace();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await rm(made, { recursive: true, force: true });
}
