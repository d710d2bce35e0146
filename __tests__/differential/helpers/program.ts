import type nodeFs from 'node:fs';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import * as fc from 'fast-check';
import { STYLES, type Style } from '../../semantics/helpers/styles.js';

const { O_CREAT, O_DIRECTORY, O_NOFOLLOW, O_RDWR } = constants;

export type Fs = typeof nodeFs;

/** One of the two filesystems that are compared: the same names below `base`, and the same numbers of open files. */
export interface Side {
  readonly fs: Fs;
  readonly base: string;
  /** The base, or a directory above it that links may lead to. */
  readonly top: string;
  /** By their number in the program; undefined where the open failed or the file was closed. */
  readonly open: (number | undefined)[];
  readonly handles: (FileHandle | undefined)[];
}

export interface Operation {
  /** As a reader wants to see it in a counterexample. */
  readonly text: string;
  run(side: Side): Promise<unknown>;
  toString(): string;
}

export type Operations = readonly fc.Arbitrary<Operation>[];

export const name = fc.constantFrom(
  'a',
  'b',
  'd',
  'd/a',
  'd/e',
  'd/e/a',
  'd/e/b',
  'f/g',
  'ü €',
  '.hidden',
  'a/below',
  'missing/a',
  'd/',
  'a/',
);
export const content = fc.constantFrom('', 'x', 'hello world', 'a longer text with ünïcode €');
export const style = fc.constantFrom(...STYLES);
/** Promises know no fds. */
export const fdStyle = fc.constantFrom<Style>('sync', 'callback');
export const flags = fc.constantFrom(
  'r',
  'r+',
  'w',
  'w+',
  'wx',
  'wx+',
  'a',
  'a+',
  'ax',
  'as',
  'rs+',
  'q',
  0o100,
  0o1101,
  O_NOFOLLOW,
  O_NOFOLLOW | O_CREAT | O_RDWR,
  O_DIRECTORY,
);
export const offset = fc.integer({ min: 0, max: 20 });
/** Where a read or write begins: at the file's own position, or anywhere. */
export const position = fc.option(offset);

export const at = (side: Side, path: string): string => `${side.base}/${path}`;

/** A result that tells paths, without what differs in them. */
export const bare = ({ base, top }: Side, value: unknown): string =>
  String(value).replaceAll(base, '<base>').replaceAll(top, '<top>');

export const operation = (text: string, run: (side: Side) => Promise<unknown>): Operation => ({
  text,
  run,
  toString: () => text,
});

export type Work = (side: Side, how: Style, path: string) => Promise<unknown>;

export const onName = (what: string, work: Work): fc.Arbitrary<Operation> =>
  fc
    .tuple(name, style)
    .map(([path, how]) => operation(`${how} ${what} ${path}`, (side) => work(side, how, at(side, path))));

export const onNames = (
  what: string,
  work: (side: Side, how: Style, from: string, to: string) => Promise<unknown>,
): fc.Arbitrary<Operation> =>
  fc
    .tuple(name, name, style)
    .map(([from, to, how]) =>
      operation(`${how} ${what} ${from} ${to}`, (side) => work(side, how, at(side, from), at(side, to))),
    );

/** On a name, with something else that is chosen. */
export const onNameWith = <T>(
  what: string,
  chosen: fc.Arbitrary<T>,
  work: (side: Side, how: Style, path: string, value: T) => Promise<unknown>,
): fc.Arbitrary<Operation> =>
  fc
    .tuple(name, chosen, style)
    .map(([path, value, how]) =>
      operation(`${how} ${what} ${path} ${fc.stringify(value)}`, (side) =>
        work(side, how, at(side, path), value),
      ),
    );
