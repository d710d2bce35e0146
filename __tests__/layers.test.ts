import { join } from 'node:path';
import { analyse, findCycle, readSources, type SourceFile } from './helpers/sources.js';

const sources = readSources(join(__dirname, '../src'));

/** What each layer may import besides itself; ARCHITECTURE.md has the same table in words. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  threads: [],
  config: ['contract'],
  wire: ['contract', 'config'],
  store: ['contract', 'config', 'wire'],
  io: ['contract', 'threads', 'config', 'wire', 'store'],
  kernel: ['contract'],
  node: ['contract', 'threads', 'config', 'wire', 'store', 'io', 'kernel'],
  testing: ['threads'],
  cli: ['public', 'testing'],
  integrations: ['public', 'threads'],
  public: ['contract', 'config', 'node'],
};

const layerOf = (path: string): string => (path.includes('/') ? path.slice(0, path.indexOf('/')) : 'public');

function strayImports(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, imports }) => {
    const layer = layerOf(path);
    return imports
      .filter((target) => layerOf(target) !== layer)
      .filter((target) => !MAY_IMPORT[layer]?.includes(layerOf(target)))
      .map((target) => `${path} imports ${target}`);
  });
}

const pathsOf = (files: readonly SourceFile[]): string[] => files.map(({ path }) => path);

describe('the sources', () => {
  it('have the layers that ARCHITECTURE.md names', () => {
    expect([...new Set(pathsOf(sources).map(layerOf))].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  it('import downwards only', () => {
    expect(strayImports(sources)).toEqual([]);
  });

  it('import each other in no circle', () => {
    // A run has a project and a project has runs: the schema is a circle, and so are its resolvers.
    expect(findCycle(sources.filter(({ path }) => !path.startsWith('testing/resolvers/')))).toBeNull();
  });

  it('hold one concept a file: 400 lines at most', () => {
    expect(sources.filter(({ lines }) => lines > 400).map(({ path, lines }) => `${path}: ${lines}`)).toEqual(
      [],
    );
  });

  it('have no `any`', () => {
    expect(pathsOf(sources.filter(({ code }) => /(?<![.\w$])any(?![\w$])/.test(code)))).toEqual([]);
  });

  it('swallow no error', () => {
    const empty = /catch\s*(?:\([^)]*\))?\s*\{\s*\}|\.catch\(\s*\(\w*\)\s*=>\s*\{\s*\}\s*\)/;
    expect(pathsOf(sources.filter(({ code }) => empty.test(code)))).toEqual([]);
  });
});

describe('these rules', () => {
  it('find an import that goes up', () => {
    const file = analyse(
      'wire/a.ts',
      "import type { Core } from '../kernel/core.js';\nimport { b } from './b.js';\n",
    );
    expect(strayImports([file])).toEqual(['wire/a.ts imports kernel/core.ts']);
  });

  it('find a circle', () => {
    const files = [
      analyse('io/a.ts', "export * from './b.js';\n"),
      analyse('io/b.ts', "const a = await import('./a.js');\n"),
    ];
    expect(findCycle(files)).toEqual(['io/a.ts', 'io/b.ts', 'io/a.ts']);
    expect(
      findCycle([...files.slice(0, 1), analyse('io/b.ts', "import type { A } from './a.js';\n")]),
    ).toBeNull();
  });

  it('read neither comments nor strings', () => {
    const { code, imports } = analyse(
      'io/a.ts',
      "// import './b.js'\nconst text = 'any'; /* any */ // any\n",
    );
    expect(imports).toEqual([]);
    expect(code).not.toContain('any');
  });
});
