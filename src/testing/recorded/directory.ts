import { readDirectoryTree } from '../world/directory-tree.js';
import type { Instance } from '../world/instance.js';
import { seed } from '../world/seed.js';
import type { SeedRun } from '../world/seeding.js';
import { isRecordedWorld, loadWorld } from './load.js';

/** Seeds what a directory holds: a recorded world, or the files of runs. */
export async function seedDirectory(instance: Instance, directory: string, about: SeedRun): Promise<void> {
  if (!(await isRecordedWorld(directory))) return seed(instance, await readDirectoryTree(directory), about);
  if (Object.values(about).some((value) => value !== undefined))
    throw new TypeError('A recorded world describes its runs itself, in each run.json.');
  await loadWorld(instance, directory);
}
