import { expectEqual } from '../../../../helpers/equal.js';
import type { Mount } from '../../../helpers/mount.js';
import { seeded } from '../../../helpers/seeded.js';

/** The run that has all of the small files. */
export const UNIT = 'e/p/r';

export const nameOf = (index: number): string => `f${String(index).padStart(5, '0')}`;
export const contentOf = (path: string): string => `content of ${path}`;

export const flat = (count: number): string[] => Array.from({ length: count }, (_, index) => nameOf(index));

/** Files of a run, by their names in it. */
export function seed({ server }: Mount, names: readonly string[]): readonly string[] {
  for (const name of names) server.write(`${UNIT}/${name}`, contentOf(name));
  return names;
}

export function readEach({ readFile }: Mount, names: readonly string[]): void {
  for (const name of names) expectEqual(readFile(`${UNIT}/${name}`), contentOf(name));
}

/** In an order of its own, the same each time. */
export function shuffled(names: readonly string[]): string[] {
  const next = seeded(1);
  return names
    .map((name) => ({ name, at: next(2 ** 30) }))
    .sort((a, b) => a.at - b.at)
    .map(({ name }) => name);
}
