import type { Stats } from 'node:fs';
import { addressOf, below } from '../paths.js';
import { refusalOf } from '../refusal.js';
import type { ServedFs } from '../serve-fs.js';
import { escaped } from './html.js';
import { isPicture } from './pictures.js';
import { isTable, tableOf } from './table.js';

/** What is shown as it looks; the rest is in its directory. */
const MOST_PICTURES = 24;
const MOST_TABLES = 4;
const MOST_BYTES = 1 << 20;

/** Where the SDK puts what was logged, below a run, and the cells of a table look for it from there. */
const MEDIA = 'media';

/** A directory by its path in the filesystem, and by the names that it is asked for with. */
export interface Directory {
  readonly fs: ServedFs;
  readonly path: string;
  readonly names: readonly string[];
}

interface File {
  readonly names: readonly string[];
  readonly stats: Stats;
}

/** Pictures and tables that a run has logged, the newest first; nothing where it has none. */
export async function* mediaOf(run: Directory): AsyncGenerator<string> {
  const found = await namesIn(run.fs, below(run.path, [MEDIA]));
  const all = await newest(
    run,
    found.map((path) => [MEDIA, ...path.split('/')]),
  );
  const pictures = all.filter(({ names }) => isPicture(names.at(-1) ?? ''));
  const tables = all.filter(({ names }) => isTable(names.at(-1) ?? ''));
  if (pictures.length + tables.length === 0) return;
  yield '<h2>Media</h2>\n';
  const figures = pictures.slice(0, MOST_PICTURES).map(({ names }) => figure(run, names));
  if (figures.length > 0) yield `<section class="media">${figures.join('\n')}</section>\n`;
  yield* shown(run, tables);
  const left = Math.max(0, pictures.length - MOST_PICTURES) + Math.max(0, tables.length - MOST_TABLES);
  if (left > 0) yield `<p><a href="${addressOf([...run.names, MEDIA])}">${left} older ones</a></p>\n`;
}

/** The tables among what a directory holds; its pictures stand beside their names. */
export async function* tablesOf(directory: Directory, found: readonly string[]): AsyncGenerator<string> {
  yield* shown(
    directory,
    await newest(
      directory,
      found.filter(isTable).map((name) => [name]),
    ),
  );
}

async function namesIn(fs: ServedFs, path: string): Promise<readonly string[]> {
  try {
    return await fs.promises.readdir(path, { recursive: true });
  } catch (error) {
    if (/^ENO(?:ENT|TDIR)$/.test((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

async function newest(
  { fs, path }: Directory,
  all: readonly (readonly string[])[],
): Promise<readonly File[]> {
  const chosen = all.filter((names) => isPicture(names.at(-1) ?? '') || isTable(names.at(-1) ?? ''));
  const files: File[] = [];
  for (const names of chosen) {
    const stats = await fs.promises.lstat(below(path, names)).catch((error: NodeJS.ErrnoException) => {
      // It went after its directory was read.
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (stats?.isFile()) files.push({ names, stats });
  }
  return files.sort((a, b) => b.stats.mtimeMs - a.stats.mtimeMs);
}

function figure({ names: parent }: Directory, names: readonly string[]): string {
  const address = addressOf([...parent, ...names]);
  const caption = escaped(names.slice(1).join('/'));
  return `<figure><a href="${address}"><img src="${address}" alt="" loading="lazy"></a><figcaption>${caption}</figcaption></figure>`;
}

async function* shown(directory: Directory, tables: readonly File[]): AsyncGenerator<string> {
  for (const { names, stats } of tables.slice(0, MOST_TABLES)) {
    const all = [...directory.names, ...names];
    const title = escaped(names.at(-1) ?? '');
    const content =
      stats.size > MOST_BYTES
        ? `<p>It has ${stats.size} bytes, more than are shown.</p>`
        : await read(directory, names, rootOf(all));
    yield `<details open><summary>${title}</summary>${content}<p><a href="${addressOf(all)}">The file</a></p></details>\n`;
  }
}

/** What can't be read says so in its place, and the rest of the page goes on. */
async function read(
  { fs, path }: Directory,
  names: readonly string[],
  root: readonly string[],
): Promise<string> {
  let text: string;
  try {
    text = await fs.promises.readFile(below(path, names), 'utf8');
  } catch (error) {
    return `<p>${escaped(refusalOf(error).message)}</p>`;
  }
  return tableOf(text, root);
}

const rootOf = (names: readonly string[]): readonly string[] => {
  const at = names.indexOf(MEDIA);
  return names.slice(0, at === -1 ? -1 : at);
};
