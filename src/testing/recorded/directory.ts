import { isMissing, isWorld, replacedWorld } from '../../contract/world/replacing.js';
import { readDirectoryTree } from '../world/directory-tree.js';
import type { Instance } from '../world/instance.js';
import { seed } from '../world/seed.js';
import type { SeedRun, SeedTree } from '../world/seeding.js';
import { loadWorld } from './load.js';

/** Seeds what a directory holds: a recorded world, or the files of runs. */
export async function seedDirectory(instance: Instance, directory: string, about: SeedRun): Promise<void> {
  if (!(await isWorld(directory))) return seed(instance, await treeIn(directory), about);
  if (Object.values(about).some((value) => value !== undefined))
    throw new TypeError('A recorded world describes its runs itself, in each run.json.');
  await loadWorld(instance, directory);
}

async function treeIn(directory: string): Promise<SeedTree> {
  try {
    return await readDirectoryTree(directory);
  } catch (error) {
    const replaced = isMissing(error) ? await replacedWorld(directory) : null;
    if (replaced === null) throw error;
    const what = `A recording that was to replace the world in ${directory} was killed at its end`;
    const fix = `it lies in ${replaced}. Rename that, or record again`;
    throw Object.assign(new Error(`ENOENT: ${what}: ${fix}.`, { cause: error }), {
      code: 'ENOENT',
      path: directory,
    });
  }
}
