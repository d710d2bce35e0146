import { createHash } from 'node:crypto';
import type { Entry } from '../../src/contract/entry.js';
import { treePath } from '../../src/contract/tree-path.js';
import { fileEntry, RunsContext } from '../../src/store/runs/tree.js';
import type { FileRowFragment } from '../../src/wire/generated.js';
import { connect } from '../wire/helpers/wire.js';

const UNIT = treePath('e/p/r');
const context = new RunsContext(connect('http://127.0.0.1:9'));

function row(name: string, more: Partial<FileRowFragment> = {}): FileRowFragment {
  return {
    id: `id of ${name}`,
    name,
    sizeBytes: String(name.length),
    md5: createHash('md5').update(name).digest('base64'),
    createdAt: '2025-01-01T00:00:00',
    updatedAt: '2025-01-01T00:10:07.125Z',
    ...more,
  };
}

const shown = (rows: readonly FileRowFragment[]): readonly Entry[] => [
  ...context.shownFiles(UNIT, {
    edges: rows.map((node) => ({ cursor: 'c', node })),
    pageInfo: { hasNextPage: false },
  }),
];

const ROWS = [
  row('a.txt'),
  row('media/b.png'),
  row('c.txt', { sizeBytes: 12 }),
  row('media/ünï/d.png', { createdAt: null }),
  row('a//b'),
  row('..'),
  row('hex', { md5: 'd41d8cd98f00b204e9800998ecf8427e', sizeBytes: '0' }),
  row('spare bits', { md5: '1B2M2Y8AsgTpgAmY7PhCfh==', sizeBytes: '0' }),
  row('no md5', { md5: null }),
  row('odd md5', { md5: 'what, an MD5 of 24 signs' }),
  row('empty id', { id: '' }),
  row('no size', { sizeBytes: 'many' }),
  row('claimed to be empty', { sizeBytes: '0' }),
  row('larger than any', { sizeBytes: String(2 ** 50) }),
  row('as large as can be', { sizeBytes: String(2 ** 48) }),
  row('old', { createdAt: '1960-01-01T00:00:00', updatedAt: '1960-01-01T00:00:00' }),
  row('artifact/1/wandb_manifest.json'),
  row(`${'l'.repeat(500)}/m`),
];

test('rows that become columns tell what an entry of each would', () => {
  expect(shown(ROWS)).toEqual(ROWS.map((each) => fileEntry(UNIT, each)));
  expect(shown([...ROWS].reverse())).toEqual([...ROWS].reverse().map((each) => fileEntry(UNIT, each)));
});

test('what was never uploaded, or has a name that no path can have, is no row', () => {
  const warnings: string[] = [];
  context.client.api.hear(
    (message) => warnings.push(message),
    () => {},
  );
  const declared = row('declared', { updatedAt: null });
  expect(shown([declared, ...ROWS, row('n'.repeat(1100))])).toEqual(shown(ROWS));
  expect(warnings).toHaveLength(1);
});

test('of two rows of one name on a page the later one counts', () => {
  const newer = row('media/b.png', { updatedAt: '2025-02-01T00:00:00', sizeBytes: '77' });
  const sizes = (rows: readonly FileRowFragment[]) =>
    shown(rows).flatMap(({ path, size }) => (path === 'e/p/r/media/b.png' ? [size] : []));
  expect(sizes([newer, ...ROWS])).toEqual([77]);
  expect(sizes([...ROWS, newer])).toEqual([77]);
});
