import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../helpers/processes.js';

const SECTION = 'What differs from a local disk';
const DESCRIBED = 'what differs from a local disk';

/** The first column of the section's table. */
function rowsIn(semantics: string): readonly string[] {
  const [, section] = semantics.split(`\n## ${SECTION}\n`);
  if (section === undefined) throw new Error(`docs/SEMANTICS.md has no section '${SECTION}'.`);
  const [text = ''] = section.split('\n## ');
  const [, rule, ...rows] = text.split('\n').filter((line) => line.startsWith('|'));
  if (!/^\|( -+ \|)+$/.test(rule ?? '') || rows.length === 0)
    throw new Error(`The section '${SECTION}' of docs/SEMANTICS.md has no table, or an empty one.`);
  return rows.map((row) => (row.split(/(?<!\\)\|/)[1] ?? '').trim().replaceAll('\\|', '|'));
}

/** The titles of tests that are written out. */
const titlesIn = (source: string): readonly string[] =>
  [...source.matchAll(/^\s*(?:test|it)\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/gm)].map(([, , title = '']) =>
    title.replace(/\\(.)/g, '$1'),
  );

/** What stands in the blocks that are named after the section. */
const describedIn = (source: string): string =>
  [...source.matchAll(/^describe\((['"`])(.*?)\1[\s\S]*?^\}\);$/gm)]
    .filter(([, , title]) => title === DESCRIBED)
    .map(([block]) => block)
    .join('\n');

interface Found {
  readonly untested: readonly string[];
  readonly stray: readonly string[];
  readonly repeated: readonly string[];
}

function compare(semantics: string, sources: readonly string[]): Found {
  const rows = rowsIn(semantics);
  const titles = sources.flatMap(titlesIn);
  const described = sources.map(describedIn).flatMap(titlesIn);
  const repeated = (names: readonly string[]) => names.filter((name, index) => names.indexOf(name) !== index);
  return {
    untested: rows.filter((row) => !titles.includes(row)),
    stray: described.filter((title) => !rows.includes(title)),
    repeated: [...repeated(rows), ...repeated(described)],
  };
}

describe(`the rows of '${SECTION}' in docs/SEMANTICS.md`, () => {
  const semantics = readFileSync(join(packageRoot, 'docs/SEMANTICS.md'), 'utf8');
  const sources = readdirSync(join(packageRoot, '__tests__'), { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => readFileSync(join(packageRoot, '__tests__', path), 'utf8'));

  it('have a test of the same name each, and such tests a row', () => {
    expect(compare(semantics, sources)).toEqual({ untested: [], stray: [], repeated: [] });
  });
});

describe('this comparison', () => {
  const table = (...names: readonly string[]): string =>
    [`# Semantics\n\n## ${SECTION}\n`, '| behaviour | here |', '| --- | --- |']
      .concat(names.map((name) => `| ${name} | differs |`))
      .join('\n');
  const block = (...tests: readonly string[]): string =>
    [`describe('${DESCRIBED}', () => {`, ...tests.map((test) => `  ${test}, () => {});`), '});', ''].join(
      '\n',
    );

  it('finds rows without a test', () => {
    const sources = [block("test('one'"), "it('two', () => {});\n", "// test('three', () => {});\n"];
    expect(compare(table('one', 'two', 'three', 'tw'), sources).untested).toEqual(['three', 'tw']);
  });

  it('finds tests without a row, where tests are named after rows', () => {
    const sources = [`${block("test('one'", "test('gone'")}test('of something else', () => {});\n`];
    expect(compare(table('one'), sources).stray).toEqual(['gone']);
  });

  it('finds names that stand twice', () => {
    expect(compare(table('one', 'one'), [block("test('one'")]).repeated).toEqual(['one']);
    expect(compare(table('one'), [block("test('one'"), block("test('one'")]).repeated).toEqual(['one']);
  });

  it('knows all kinds of quotes', () => {
    const sources = [block("test('`a`, b'", 'test("can\'t"', "test('isn\\'t'", 'test(`x|y`')];
    expect(compare(table('`a`, b', "can't", "isn't", 'x\\|y'), sources)).toEqual({
      untested: [],
      stray: [],
      repeated: [],
    });
  });

  it('fails where there is no table', () => {
    expect(() => rowsIn('# Semantics\n')).toThrow('has no section');
    expect(() => rowsIn(`\n## ${SECTION}\n\nNothing.\n\n## Next\n\n${table('one')}`)).toThrow('has no table');
    expect(() => rowsIn(table())).toThrow('an empty one');
  });
});
