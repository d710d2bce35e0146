import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../helpers/processes.js';

/** The cells of all tables, without their heads. */
function rowsIn(page: string): readonly (readonly string[])[] {
  return page
    .split('\n')
    .filter((line, index, lines) => line.startsWith('|') && !/^\| -/.test(lines[index + 1] ?? ''))
    .filter((line) => !/^\| -/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe('the rows of docs/COMPATIBILITY.md', () => {
  const rows = rowsIn(readFileSync(join(packageRoot, 'docs/COMPATIBILITY.md'), 'utf8'));

  test('are there', () => {
    expect(rows.length).toBeGreaterThan(40);
  });

  test.each(rows.map((row) => [row.slice(0, -2).join(': '), row.at(-1) ?? '']))('%s', (_, shown) => {
    const named = [...shown.matchAll(/`([\w-]+\/[\w-]+)`/g)].map(([, path = '']) => path);
    const whole = [...shown.matchAll(/`(WANDB_FS_TEST_\w+)=/g)];
    expect(named.length + whole.length).toBeGreaterThan(0);
    expect(named.filter((path) => !existsSync(join(packageRoot, '__tests__', `${path}.test.ts`)))).toEqual(
      [],
    );
  });
});
