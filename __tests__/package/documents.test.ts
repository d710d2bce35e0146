import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(__dirname, '../..');
/** Where the names of files in a document begin: at the project, the sources, or the layer that is spoken of. */
const BEGINNINGS = ['', 'src', 'src/kernel', 'src/node', 'src/store', 'src/wire', 'src/io', '__tests__'];

const filesIn = (text: string): string[] =>
  [...text.matchAll(/`((?:[\w.-]+\/)+(?:[\w.-]+\.(?:ts|mjs|json|md|graphql))?)`/g)].map(
    ([, name = '']) => name,
  );
const linksIn = (text: string): string[] =>
  [...text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);

test.each(['ARCHITECTURE.md', 'CONTRIBUTING.md'])('%s names files and rooms that are there', (document) => {
  const named = filesIn(readFileSync(join(root, document), 'utf8'));
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !BEGINNINGS.some((at) => existsSync(join(root, at, name))))).toEqual([]);
});

test.each(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'docs/SEMANTICS.md'])(
  '%s links to what is there',
  (document) => {
    const links = linksIn(readFileSync(join(root, document), 'utf8'));
    expect(links.filter((link) => !existsSync(join(root, dirname(document), link)))).toEqual([]);
  },
);
