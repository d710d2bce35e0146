import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PAGES } from '../helpers/pages.js';

const root = join(__dirname, '../..');
/** Where the names of files in a document begin: at the project, the sources, or the layer that is spoken of. */
const BEGINNINGS = ['', 'src', 'src/kernel', 'src/node', 'src/store', 'src/wire', 'src/io', '__tests__'];

const filesIn = (text: string): string[] =>
  [...text.matchAll(/`((?:[\w.-]+\/)+(?:[\w.-]+\.(?:ts|mjs|json|md|graphql))?)`/g)].map(
    ([, name = '']) => name,
  );

test.each(['ARCHITECTURE.md', 'CONTRIBUTING.md'])('%s names files and rooms that are there', (document) => {
  const named = filesIn(readFileSync(join(root, document), 'utf8'));
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !BEGINNINGS.some((at) => existsSync(join(root, at, name))))).toEqual([]);
});

/** As the names of headings are in addresses of a page. */
const anchorsOf = (document: string): string[] =>
  [...readFileSync(document, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

test.each([...PAGES, 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md'])(
  '%s links to pages that are there, and to headings in them',
  (document) => {
    const text = readFileSync(join(root, document), 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)/g)];
    const broken = links.filter(([, link = '', anchor]) => {
      const target = link === '' ? join(root, document) : join(root, dirname(document), link);
      return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  },
);

/** The last cells of tables that say which tests show a row. */
const shownBy = (text: string): string[] =>
  [...text.matchAll(/^\|.*\| ([^|]*) \|$/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([a-z-]+(?:\/[\w-]+)+)\/?`/g)].map(([, name = '']) => name),
  );

test.each(['docs/COMPATIBILITY.md', 'docs/RELIABILITY.md'])('%s names tests that are there', (document) => {
  const named = shownBy(readFileSync(join(root, document), 'utf8'));
  expect(named.length).toBeGreaterThan(20);
  const at = (name: string) => join(root, '__tests__', name);
  expect(named.filter((name) => !existsSync(`${at(name)}.test.ts`) && !existsSync(at(name)))).toEqual([]);
});

test.each([...PAGES, 'ARCHITECTURE.md', 'CONTRIBUTING.md'])(
  '%s names commands that are there',
  (document) => {
    const named = readFileSync(join(root, document), 'utf8').matchAll(/\bnpm (?:run )?([\w:]+)/g);
    const { scripts }: { scripts: object } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const builtIn = new Set(['ci', 'i', 'install', 'pack']);
    const commands = [...named].flatMap(([, name = '']) => (builtIn.has(name) ? [] : name));
    expect(commands.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  },
);
