import { readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import { list } from 'tar';
import { packed } from '../helpers/packed.js';
import { packageRoot } from '../helpers/processes.js';

const MOST_BYTES = 3_000_000;
const SPECIFIER = /(?:\b(?:from|import|require)\s*\(?\s*)(['"])([^'"\s]+)\1/g;

const textOf = (file: string): string => readFileSync(join(packageRoot, file), 'utf8');
/** What a declaration says beside its comments. */
const importsOf = (file: string): readonly string[] =>
  [
    ...textOf(file)
      .replaceAll(/\/\*[\s\S]*?\*\//g, '')
      .matchAll(SPECIFIER),
  ].map(([, , name = '']) => name);

const manifest = JSON.parse(textOf('package.json'));

/** The file of a declaration that another one imports. */
const declarationAt = (file: string, specifier: string): string =>
  posix.join(posix.dirname(file), specifier).replace(/\.(c?)js$/, '.d.$1ts');

/** Each declaration that the entries lead to. */
function declarations(): readonly string[] {
  const found = new Set<string>();
  const visit = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith('.')) visit(declarationAt(file, specifier));
    }
  };
  for (const [, file = ''] of JSON.stringify(manifest.exports).matchAll(/"types":"\.\/([^"]+)"/g))
    visit(file);
  return [...found].sort();
}

describe('the packed package', () => {
  let bytes: number;
  const names: string[] = [];
  const matching = (pattern: RegExp): readonly string[] => names.filter((name) => pattern.test(name));

  beforeAll(async () => {
    const file = await packed();
    let unpacked = 0;
    await list({
      file,
      onReadEntry({ path, size }) {
        names.push(path.replace(/^package\//, ''));
        unpacked += size;
      },
    });
    names.sort();
    bytes = statSync(file).size;
    process.stdout.write(`${names.length} files, ${bytes} bytes packed, ${unpacked} bytes unpacked\n`);
  }, 60_000);

  it('is at most 3 MB', () => expect(bytes).toBeLessThanOrEqual(MOST_BYTES));

  it('holds documents, the licence and what was built, and nothing else', () => {
    expect(names.filter((name) => !/^(dist|docs)\//.test(name))).toEqual([
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'package.json',
    ]);
    expect(matching(/^docs\/(?!.*\.(md|svg|png)$)/)).toEqual([]);
    expect(matching(/^dist\/(?!cjs\/|esm\/)/)).toEqual(['dist/THIRD-PARTY.md']);
  });

  it('holds the programs of entries and threads alone, and what they share', () => {
    expect(matching(/^dist\/.*\.[cm]?js$/).filter((name) => !name.startsWith('dist/esm/shared/'))).toEqual([
      'dist/cjs/artifacts.cjs',
      'dist/cjs/bundlers.cjs',
      'dist/cjs/index.cjs',
      'dist/cjs/node-vfs.cjs',
      'dist/cjs/promises.cjs',
      'dist/cjs/register.cjs',
      'dist/cjs/testing.cjs',
      'dist/esm/artifacts.js',
      'dist/esm/cli/main.js',
      'dist/esm/index.js',
      'dist/esm/integrations/bundlers/index.js',
      'dist/esm/integrations/node-vfs.js',
      'dist/esm/integrations/register.js',
      'dist/esm/io/owner/serve.js',
      'dist/esm/io/owner/thread.js',
      'dist/esm/promises.js',
      'dist/esm/testing/fault-proxy/thread.js',
      'dist/esm/testing/index.js',
      'dist/esm/testing/server/served.js',
      'dist/esm/testing/server/server-thread.cjs',
    ]);
    expect(matching(/^dist\/(?!.*\.(?:[cm]?js|d\.c?ts)$)/)).toEqual([
      'dist/THIRD-PARTY.md',
      'dist/esm/wire/newer/schema.graphql',
      'dist/esm/wire/schema.graphql',
    ]);
  });

  it('holds the declarations that its entries lead to, and no other', () => {
    expect(matching(/\.d\.c?ts$/)).toEqual(declarations());
  });

  it('imports nothing that is neither in it, nor of Node, nor installed with it', () => {
    const installed = Object.keys(manifest.dependencies);
    const strays = [...declarations(), ...matching(/^dist\/.*\.c?js$/)].flatMap((file) =>
      importsOf(file)
        .filter((name) => /^[@a-z]/.test(name) && !isBuiltin(name) && !installed.includes(name))
        .map((name) => `${file} imports ${name}`),
    );
    expect(strays).toEqual([]);
  });

  it('names those whose code it holds, with their licences', () => {
    const notices = textOf('dist/THIRD-PARTY.md');
    for (const name of ['graphql', 'memfs', 'p-queue', 'undici']) {
      expect(notices).toMatch(new RegExp(`^## (?:.*, )?${name} \\d`, 'm'));
    }
    expect(notices).toContain('Apache License');
    expect(notices).not.toContain('node_modules');
  });
});
