import nodeFs, { type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

type Told = readonly [event: string, name: string | null];

export const untilTold = async (isDone: () => boolean): Promise<void> => {
  for (let round = 0; !isDone(); round++) {
    if (round === 600) throw new Error('Nothing was told for six seconds.');
    await sleep(10);
  }
};

/** What a watcher tells until something of each name was told. */
export async function toldOf(
  watcher: FSWatcher,
  change: () => void,
  ...names: readonly string[]
): Promise<readonly Told[]> {
  const told: Told[] = [];
  watcher.on('change', (event, name) => told.push([event, name === null ? null : String(name)]));
  change();
  await untilTold(() => names.every((name) => told.some(([, seen]) => seen === name)));
  watcher.close();
  return told;
}

/** A change that nobody makes through the tree. */
export const writeElsewhere = (base: string, name: string): void =>
  nodeFs.writeFileSync(join(base, name), `${name}!`);
