import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../helpers/processes.js';
import { makeProject } from './project.js';
import { HEADINGS, type Row, runAll } from './rows.js';
import { WAYS, type Way } from './ways.js';

/** All processes together: a row waits for those of the rows above. */
const ALL_MS = 300_000;

let rows: ReadonlyMap<Way, Promise<Row>>;
beforeAll(async () => {
  rows = runAll(WAYS, await makeProject());
});

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** The table of a section of docs/RELIABILITY.md. */
function tableIn(section: string): string {
  const text = readFileSync(join(packageRoot, 'docs/RELIABILITY.md'), 'utf8');
  const [, after = ''] = text.split(`\n## ${section}\n`);
  const [before = ''] = after.split('\n## ');
  return before
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .join('\n');
}

describe('what was acknowledged is on the server, or named with its reason and an exit code, when', () => {
  test.each(WAYS.map((way) => ({ way, name: way.name })))(
    '$name',
    async ({ way }) => {
      expect((await rows.get(way))?.wrong).toEqual([]);
    },
    ALL_MS,
  );
});

test(
  "the table of 'How a process ends' in docs/RELIABILITY.md is what was seen",
  async () => {
    const seen = await Promise.all(WAYS.map((way) => rows.get(way)));
    const table = [HEADINGS, HEADINGS.map(() => '---'), ...seen.map((row) => row?.cells ?? [])];
    expect(tableIn('How a process ends')).toBe(table.map(line).join('\n'));
  },
  ALL_MS,
);
