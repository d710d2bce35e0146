import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './processes.js';

export interface Example {
  readonly title: string;
  readonly code: string;
  /** What it prints, where the document says so. */
  readonly output: string | undefined;
}

/** The files of `entity/project/run`, which the examples speak of. */
export const README_RUN = {
  'config.yaml': 'lr:\n  value: 0.1\n',
  'output.log': 'epoch 1\nepoch 2\n',
  'files/file.yaml': 'some: data\nfor: testing\n',
};

/** Each block of a document in a language, and what it prints where a text block follows it. */
export function examplesIn(language: string, document = 'README.md'): readonly Example[] {
  const text = readFileSync(join(packageRoot, document), 'utf8');
  return [...text.matchAll(/```(\w+)\n([\s\S]*?)```\n(?:\n```text\n([\s\S]*?)```\n)?/g)]
    .filter(([, found]) => found === language)
    .map(([, , code = '', output], index) => ({
      title: `example ${index + 1}: ${code.trim().split('\n')[0]}`,
      code,
      output,
    }));
}
