import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './processes.js';

/**
 * What is to be done with a block, as a comment in the line before it says:
 *
 * - `<!-- file: PATH -->`: it is the text of a file.
 * - `<!-- run in: DIRECTORY -->`: commands that are run in a copy of an example.
 * - `<!-- run by: TEST -->`: a test of its own, below `__tests__/`, takes it from the page.
 * - `<!-- not run: REASON -->`
 *
 * One of the last two in the page's first line is for all of its blocks.
 */
export interface Mark {
  readonly kind: 'file' | 'run in' | 'run by' | 'not run';
  readonly value: string;
}

export interface Block {
  readonly document: string;
  readonly language: string;
  readonly code: string;
  /** What it prints, where a text block follows it. */
  readonly output: string | undefined;
  readonly mark: Mark | null;
  /** For the names of tests. */
  readonly title: string;
}

/** The files of `entity/project/run`, which the pages speak of. */
export const PAGES_RUN = {
  'config.yaml': 'lr:\n  value: 0.1\n',
  'output.log': 'epoch 1\nepoch 2\n',
  'files/file.yaml': 'some: data\nfor: testing\n',
};

/** A run that the pages speak of, whose history lies in a Parquet file, too: DuckDB has made it of these rows. */
export const METRICS = {
  config: { lr: { value: 0.1 } },
  history: Array.from({ length: 100 }, (_, step) => ({
    _step: step,
    _timestamp: 1_700_000_000 + step * 30,
    loss: 1 / (step + 1),
    ...(step % 10 === 9 && { 'val/accuracy': 1 - 0.5 / (step + 1) }),
  })),
  parquet: [readFileSync(join(packageRoot, '__fixtures__/history.parquet'))],
};

/** README, and each page below docs/. */
export const PAGES: readonly string[] = [
  'README.md',
  ...readdirSync(join(packageRoot, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
    .sort(),
];

const MARK = /<!-- (file|run in|run by|not run): (.+?) -->/;
const BLOCK = /(?:^<!-- .* -->\n)?^( *)```(\w*)\n([\s\S]*?)^\1```\n(?:\n```text\n([\s\S]*?)```\n)?/gm;

export const textOf = (document: string): string => readFileSync(join(packageRoot, document), 'utf8');

const markIn = (text: string): Mark | null => {
  const [, kind, value] = MARK.exec(text) ?? [];
  return kind === undefined || value === undefined ? null : { kind: kind as Mark['kind'], value };
};

/** Each block of a page. */
export function blocksOf(document: string): readonly Block[] {
  const text = textOf(document);
  const [first = ''] = text.split('\n', 1);
  return [...text.matchAll(BLOCK)].map(([whole, , language = '', code = '', output], index) => {
    const mark = markIn(whole.slice(0, whole.indexOf('```'))) ?? markIn(first);
    const title = `${document}, block ${index + 1}: ${code.trim().split('\n')[0]}`;
    return { document, language, code, output, mark, title };
  });
}

/** The programs of a page that are run as they stand. */
export const programsOf = (document: string, language: 'js' | 'mjs' = 'js'): readonly Block[] =>
  blocksOf(document).filter((block) => block.language === language && block.mark === null);
