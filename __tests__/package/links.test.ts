import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { packageRoot, runWell } from '../helpers/processes.js';

const LINK = /\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g;

test('no document of the package links to a file that is not in the package', async () => {
  const listed = await runWell('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {
    cwd: packageRoot,
  });
  const [{ files }] = JSON.parse(listed) as [{ files: readonly { readonly path: string }[] }];
  const paths = new Set(files.map(({ path }) => path));
  const documents = [...paths].filter((path) => path.endsWith('.md'));
  expect(documents).toEqual(expect.arrayContaining(['README.md', 'docs/SEMANTICS.md', 'docs/COVERAGE.md']));

  const links = documents.flatMap((document) =>
    [...readFileSync(join(packageRoot, document), 'utf8').matchAll(LINK)].map(([, target = '']) => ({
      document,
      leadsTo: posix.join(posix.dirname(document), target),
    })),
  );
  expect(links.length).toBeGreaterThan(5);
  expect(links.filter(({ leadsTo }) => !paths.has(leadsTo))).toEqual([]);
});
