import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../helpers/processes.js';

/** The tests that docs/RELIABILITY.md names: `wire/integrity` is a file or a directory of tests. */
function named(): readonly string[] {
  const text = readFileSync(join(packageRoot, 'docs/RELIABILITY.md'), 'utf8');
  const [, table = ''] = /\n## What can go wrong\n(.*?)\n## /s.exec(text) ?? [];
  return table
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .slice(1)
    .flatMap((line) => {
      const tests = [...(line.split('|').at(-2) ?? '').matchAll(/`([^`]+)`/g)].map(([, test]) => test ?? '');
      return tests.length > 0 ? tests : [`none: ${line}`];
    });
}

test('each row of docs/RELIABILITY.md names tests that are there', () => {
  const tests = named();
  expect(tests.length).toBeGreaterThan(20);
  const missing = tests.filter((test) => {
    const path = join(packageRoot, '__tests__', test);
    return !(test.endsWith('/') ? existsSync(path) : existsSync(`${path}.test.ts`));
  });
  expect(missing).toEqual([]);
});
