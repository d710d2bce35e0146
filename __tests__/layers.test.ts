import { join } from 'node:path';
import {
  analyse,
  findCycle,
  type Length,
  lengthsBelow,
  readSources,
  type SourceFile,
} from './helpers/sources.js';

const sources = readSources(join(__dirname, '../src'));
const root = join(__dirname, '..');
/** In TypeScript, in JavaScript that nothing compiles, and what talks to the official SDK. */
const unshipped = ['__tests__', '.ci', 'bench', 'scripts'].flatMap((directory) =>
  lengthsBelow(root, directory, /\.(?:ts|[cm]js|py)$/),
);

/** What each layer may import besides itself; ARCHITECTURE.md has the same table in words. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  platform: [],
  contract: ['platform'],
  threads: ['platform'],
  config: ['platform', 'contract'],
  wire: ['platform', 'contract', 'config'],
  store: ['platform', 'contract', 'config', 'wire'],
  io: ['platform', 'contract', 'threads', 'config', 'wire', 'store'],
  kernel: ['platform', 'contract'],
  node: ['platform', 'contract', 'threads', 'config', 'io', 'kernel'],
  testing: ['platform', 'contract', 'public', 'threads'],
  serve: ['platform'],
  cli: ['public', 'testing', 'config', 'serve', 'node'],
  integrations: ['platform', 'public', 'threads'],
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

/** Where it is known that there are runs and artifacts: the choice of a store, and what the user mounts and asks of W&B. */
const KNOWS_TREES = /^(io\/owner\/(store-choice|late-owner)\.ts|node\/(create-fs\.ts|wandb\/.*))$/;
/** What else could know it; below them the stores make the difference, above them the user. */
const KNOWS_NO_TREES = ['kernel', 'io', 'node'];
const TREE_WORDS =
  /(?<!wandb-)[Aa]rtifact|[Pp]ortfolio|\b(?:entit(?:y|ies)|projects?)\b|'runs'|[a-z]Runs?\b|\bRUNS\b|\bRun[A-Z]/;

/** What names a tree, or imports its store, where a tree's shape has to do. */
function treesNamed(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => KNOWS_NO_TREES.includes(layerOf(path)) && !KNOWS_TREES.test(path))
    .flatMap(({ path, text, imports }) => [
      ...(TREE_WORDS.exec(text) ?? []).map((word) => `${path} names ${word}`),
      ...imports
        .filter((target) => /^store\/(runs|artifacts)\b/.test(target))
        .map((target) => `${path} imports ${target}`),
    ]);
}

/** Of what W&B keeps; in the code of the kernel they are its own, in its sentences a shape's. */
const WORDS_OF_ARTIFACTS = /\b(?:alias(?:es)?|collections?|versions?|s3:|W&B)/i;

/** Sentences of the kernel that speak of what only some tree has. */
const artifactsTold = (files: readonly SourceFile[]): string[] =>
  files
    .filter(({ path }) => layerOf(path) === 'kernel')
    .flatMap(({ path, strings }) =>
      strings
        .filter((string) => /[\w,;:.] \w/.test(string))
        .flatMap((string) => WORDS_OF_ARTIFACTS.exec(string.replace(/\$\{[^}]*\}/g, '')) ?? [])
        .map((word) => `${path} tells of ${word}`),
    );

/** What can be taken in at once. */
const MOST_LINES = 250;
const MOST_FILES = 12;

const longFiles = (files: readonly Length[], most: number): string[] =>
  files.filter(({ lines }) => lines > most).map(({ path, lines }) => `${path}: ${lines}`);

/** Folders with more files beside their rooms than one sees at a glance. */
function crowdedFolders(files: readonly SourceFile[]): string[] {
  const counts = new Map<string, number>();
  for (const { path } of files) {
    const folder = path.slice(0, path.lastIndexOf('/'));
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > MOST_FILES)
    .map(([folder, count]) => `${folder}: ${count}`);
}

/** Types are nothing that runs. */
const importsFs = (text: string): boolean =>
  /^(?:import|export) (?!type\b)[^;]*\bfrom 'node:fs(?:\/promises)?'|^(?!.*typeof ).*\b(?:import|require)\('node:fs/m.test(
    text,
  );

const pathsOf = (files: readonly SourceFile[]): string[] => files.map(({ path }) => path);

describe('the sources', () => {
  it('have the layers that ARCHITECTURE.md names', () => {
    expect([...new Set(pathsOf(sources).map(layerOf))].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  it('import downwards only', () => {
    expect(strayImports(sources)).toEqual([]);
  });

  it('know trees by their shape: which there are is known where a store is chosen, and by fs.wandb', () => {
    expect(treesNamed(sources)).toEqual([]);
    expect(artifactsTold(sources)).toEqual([]);
  });

  it('import each other in no circle', () => {
    expect(findCycle(sources)).toBeNull();
  });

  it('hold one concept a file, and a dozen files a folder beside its rooms', () => {
    expect(longFiles(sources, MOST_LINES)).toEqual([]);
    expect(crowdedFolders(sources)).toEqual([]);
  });

  it('have no `any`', () => {
    expect(pathsOf(sources.filter(({ code }) => /(?<![.\w$])any(?![\w$])/.test(code)))).toEqual([]);
  });

  it('import packages by their public entries', () => {
    expect(pathsOf(sources.filter(({ text }) => /\b(?:from|import)\s*\(?\s*'undici\//.test(text)))).toEqual(
      [],
    );
  });

  it('reach the disk by platform/disk alone, past the mocks of a test runner; a program of its own needs none of that', () => {
    expect(pathsOf(sources.filter(({ path, text }) => !path.startsWith('cli/') && importsFs(text)))).toEqual(
      [],
    );
  });

  it('swallow no error', () => {
    const empty = /catch\s*(?:\([^)]*\))?\s*\{\s*\}|\.catch\(\s*\(\w*\)\s*=>\s*\{\s*\}\s*\)/;
    expect(pathsOf(sources.filter(({ code }) => empty.test(code)))).toEqual([]);
  });
});

test('tests, measurements and scripts can be taken in at once, too', () => {
  expect(longFiles(unshipped, MOST_LINES)).toEqual([]);
});

describe('these rules', () => {
  it('find an import that goes up', () => {
    const file = analyse(
      'wire/a.ts',
      "import type { Core } from '../kernel/core.js';\nimport { b } from './b.js';\n",
    );
    expect(strayImports([file])).toEqual(['wire/a.ts imports kernel/core.ts']);
  });

  it('find what names a tree', () => {
    const files = [
      analyse('kernel/a.ts', "const detail = 'Files live in a project.'; // of an entity\n"),
      analyse('io/b.ts', "import { runs } from '../store/runs/shape.js';\n"),
      analyse('node/wandb/c.ts', 'export const artifacts = 1;\n'),
    ];
    expect(treesNamed(files)).toEqual(['kernel/a.ts names project', 'io/b.ts imports store/runs/shape.ts']);
  });

  it('find a sentence of the kernel about what a shape alone can know', () => {
    const file = analyse(
      'kernel/a.ts',
      "const detail = 'A version stays.'; // of a version\nconst key = `no way ${" + 'entry.version}`;\n',
    );
    expect(artifactsTold([file])).toEqual(['kernel/a.ts tells of version']);
  });

  it('find who takes what a mock of fs gives', () => {
    expect(
      importsFs("import { join } from 'node:path';\nimport { readFile } from 'node:fs/promises';\n"),
    ).toBe(true);
    expect(importsFs("import type { Stats } from 'node:fs';\nimport { join } from 'node:path';\n")).toBe(
      false,
    );
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

  it('find a long file and a crowded folder', () => {
    const long = analyse('io/a.ts', '\n'.repeat(MOST_LINES + 1));
    expect(longFiles([long], MOST_LINES)).toEqual([`io/a.ts: ${MOST_LINES + 1}`]);
    const many = Array.from({ length: MOST_FILES + 1 }, (_, index) => analyse(`io/room/${index}.ts`, ''));
    expect(crowdedFolders([...many, long])).toEqual([`io/room: ${MOST_FILES + 1}`]);
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
