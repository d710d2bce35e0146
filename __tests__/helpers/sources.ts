import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

export interface Length {
  readonly path: string;
  readonly lines: number;
}

/** Its path is relative to src/, such as 'kernel/core.ts'. */
export interface SourceFile extends Length {
  /** The text without comments. */
  readonly text: string;
  /** The strings in it, quotes included. */
  readonly strings: readonly string[];
  /** That with every string emptied. */
  readonly code: string;
  /** The sources it imports, types included, relative to src/. */
  readonly imports: readonly string[];
  /** Those of them that are there at run time. */
  readonly valueImports: readonly string[];
}

const COMMENT_OR_STRING =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
const IMPORT = /(?:\b(?:import|export)\b(\s+type\b)?[^'";]*?\bfrom\s*|\bimport\s*\(?\s*)'(\.{1,2}\/[^']+)'/g;

/** Reads TypeScript as far as rules about imports and words need it. */
export function analyse(path: string, text: string): SourceFile {
  const uncommented = text.replace(COMMENT_OR_STRING, (match) => (/^\/[/*]/.test(match) ? '' : match));
  const imports = [...uncommented.matchAll(IMPORT)].map(([, type, specifier = '']) => ({
    target: posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts'),
    isType: type !== undefined,
  }));
  return {
    path,
    lines: linesOf(text),
    text: uncommented,
    strings: uncommented.match(COMMENT_OR_STRING) ?? [],
    code: uncommented.replace(COMMENT_OR_STRING, "''"),
    imports: imports.map(({ target }) => target),
    valueImports: imports.filter(({ isType }) => !isType).map(({ target }) => target),
  };
}

const linesOf = (text: string): number => text.split('\n').length - 1;

/** How long the files of these names are below a directory of `root`; their paths are relative to `root`. */
export const lengthsBelow = (root: string, directory: string, names: RegExp): readonly Length[] =>
  readdirSync(join(root, directory), { recursive: true })
    .map((name) => join(directory, String(name)))
    .filter((path) => names.test(path))
    .map((path) => ({ path, lines: linesOf(readFileSync(join(root, path), 'utf8')) }));

/** All sources but those that a program wrote. */
export function readSources(directory: string): readonly SourceFile[] {
  return readdirSync(directory, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('.ts') && path !== join('wire', 'generated.ts'))
    .sort()
    .map((path) => analyse(path, readFileSync(join(directory, path), 'utf8')));
}

/** The first cycle of imports at run time, as a path that ends where it began; null if there is none. */
export function findCycle(sources: readonly SourceFile[]): readonly string[] | null {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): readonly string[] | null => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (finished.has(path)) return null;
    for (const next of byPath.get(path)?.valueImports ?? []) {
      const cycle = visit(next, [...trail, path]);
      if (cycle) return cycle;
    }
    finished.add(path);
    return null;
  };
  for (const { path } of sources) {
    const cycle = visit(path, []);
    if (cycle) return cycle;
  }
  return null;
}
