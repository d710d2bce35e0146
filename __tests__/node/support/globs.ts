import nodeFs, { type Dirent } from 'node:fs';
import { join } from 'node:path';
import type { Fs } from './twins.js';

interface Tree {
  readonly directories: readonly string[];
  readonly files: readonly string[];
  /** Targets by their links' paths. */
  readonly links: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
}

interface Case {
  readonly pattern: string | readonly string[];
  readonly options?: object;
  /** The oldest Node whose own glob knows the options, or goes through links at any depth only once. */
  readonly since?: number;
}

const fixture = (name: string): unknown =>
  JSON.parse(nodeFs.readFileSync(join(__dirname, '../../../__fixtures__/glob', name), 'utf8'));
const tree = fixture('tree.json') as Tree;
/** What the newest Node's own glob finds of each case (`scripts/glob-results.mjs`). */
const results = fixture('results.json') as readonly string[][];

type Glob = (pattern: unknown, options?: object) => (string | Dirent)[];
export type GlobEach = (pattern: unknown, options?: object) => AsyncIterable<string | Dirent>;

export const nodeVersion = Number(process.versions.node.split('.')[0]);
/** Node 20 has no glob: there ours is held against what Node 26 finds. */
export const nodeHasGlob = 'globSync' in nodeFs;

export function fill(base: string): void {
  for (const path of tree.directories) nodeFs.mkdirSync(join(base, path), { recursive: true });
  for (const path of tree.files) nodeFs.writeFileSync(join(base, path), '');
  for (const [path, target] of Object.entries(tree.links)) nodeFs.symlinkSync(target, join(base, path));
}

export const syncOf = (fs: object): Glob => Reflect.get(fs, 'globSync');

export async function eachOf(fs: Fs, pattern: unknown, options?: object): Promise<(string | Dirent)[]> {
  const each: GlobEach = Reflect.get(fs.promises, 'glob');
  const all: (string | Dirent)[] = [];
  for await (const found of each(pattern, options)) all.push(found);
  return all;
}

export const calledOf = (fs: object, pattern: unknown, options?: object): Promise<(string | Dirent)[]> =>
  new Promise((resolve, reject) => {
    Reflect.get(fs, 'glob')(pattern, options, (error: unknown, found: (string | Dirent)[]) =>
      error ? reject(error) : resolve(found),
    );
  });

export const CASES = tree.cases.map((given, index) => ({
  since: 22,
  options: undefined,
  ...given,
  title: JSON.stringify(given),
  expected: results[index],
}));
