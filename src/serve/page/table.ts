import { withoutConstants } from '../../platform/json.js';
import { addressOf } from '../paths.js';
import { escaped, textOf } from './html.js';
import { isPicture } from './pictures.js';

/** What is shown of a table: the rest is in its file. */
const MOST_ROWS = 20;
const MOST_COLUMNS = 20;
const MOST_CHARACTERS = 300;

interface Table {
  readonly columns: readonly unknown[];
  readonly data: readonly (readonly unknown[])[];
}

/** A file that W&B's SDK writes for a table that was logged. */
export const isTable = (path: string): boolean => path.endsWith('.table.json');

/**
 * Such a file as a table of the page.
 *
 * @param root the names of the directory that paths of files in its cells are in
 */
export function tableOf(text: string, root: readonly string[]): string {
  const table = parsed(text);
  if (!table) return '<p>It isn’t a table of columns and rows.</p>';
  const { columns, data } = table;
  const head = columns.slice(0, MOST_COLUMNS).map((name) => `<th>${escaped(shortened(name))}</th>`);
  const rows = data.slice(0, MOST_ROWS).map((row) => {
    const cells = row.slice(0, MOST_COLUMNS).map((value) => `<td>${cell(value, root)}</td>`);
    return `<tr>${cells.join('')}</tr>`;
  });
  const left = [
    ...(data.length > MOST_ROWS ? [`${data.length - MOST_ROWS} more rows`] : []),
    ...(columns.length > MOST_COLUMNS ? [`${columns.length - MOST_COLUMNS} more columns`] : []),
  ];
  const rest = left.length > 0 ? `<p>${left.join(', ')}</p>` : '';
  return `<div class="table"><table><tr>${head.join('')}</tr>\n${rows.join('\n')}</table></div>${rest}`;
}

function parsed(text: string): Table | null {
  let value: unknown;
  try {
    value = JSON.parse(withoutConstants(text));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const { columns, data } = Object(value) as Partial<Table>;
  return Array.isArray(columns) && Array.isArray(data) && data.every(Array.isArray)
    ? { columns, data }
    : null;
}

function cell(value: unknown, root: readonly string[]): string {
  const names = fileIn(value);
  if (!names) return escaped(shortened(value));
  const address = addressOf([...root, ...names]);
  const name = escaped(names.at(-1) ?? '');
  const shown = isPicture(address) ? `<img src="${address}" alt="${name}" loading="lazy">` : name;
  return `<a href="${address}">${shown}</a>`;
}

/** A cell may hold a file of the run: a picture, a sound, a model. */
function fileIn(value: unknown): readonly string[] | null {
  const { _type: type, path } = Object(value) as Readonly<Record<string, unknown>>;
  if (typeof type !== 'string' || !type.endsWith('-file') || typeof path !== 'string') return null;
  const names = path.split('/');
  return names.every((name) => !/^\.{0,2}$|[\0\\]/.test(name)) ? names : null;
}

function shortened(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = textOf(value);
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
