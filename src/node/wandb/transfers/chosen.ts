import { asArray, asString, type Bag } from '../../arguments/validate.js';
import { matcherOfName } from '../../globbing/pattern.js';

/** Which files of a tree are meant. */
export interface ChosenFiles {
  /** Globs of paths in it; one without a slash is of names at any depth. @default all files */
  readonly include?: string | readonly string[] | undefined;
  /** Those of them that are left out. @default none */
  readonly exclude?: string | readonly string[] | undefined;
}

export interface Chosen {
  /** @param name relative to the tree's top */
  isIncluded(name: string): boolean;
  isExcluded(name: string): boolean;
}

export const asChosen = ({ include = '**', exclude = [] }: Bag): Chosen => ({
  isIncluded: matcherOf(include, 'options.include'),
  isExcluded: matcherOf(exclude, 'options.exclude'),
});

function matcherOf(given: unknown, name: string): (path: string) => boolean {
  const patterns = typeof given === 'string' ? [given] : asArray(given, name, asString);
  const matchers = patterns.map((pattern) => (pattern === '**' ? () => true : matcherOfName(pattern)));
  return (path) => matchers.some((matches) => matches(path));
}
