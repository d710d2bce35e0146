import { join } from 'node:path';
import { disk } from '../../platform/disk.js';
import type { SeedTree } from './seeding.js';

const { readdir, readFile } = disk.promises;

/** Reads `<directory>/<entity>/<project>/<run>/<file…>` into what `seed` takes. Empty directories count. */
export async function readDirectoryTree(directory: string): Promise<SeedTree> {
  const tree: Record<string, Record<string, Uint8Array>> = {};
  for (const entity of await directoriesIn(directory)) {
    tree[entity] = {};
    for (const project of await directoriesIn(join(directory, entity))) {
      tree[`${entity}/${project}`] = {};
      for (const run of await directoriesIn(join(directory, entity, project))) {
        tree[`${entity}/${project}/${run}`] = await readFiles(join(directory, entity, project, run));
      }
    }
  }
  return tree;
}

async function directoriesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

async function readFiles(directory: string): Promise<Record<string, Uint8Array>> {
  const entries: [string, Uint8Array][] = [];
  for await (const name of filesBelow(directory)) entries.push([name, await readFile(join(directory, name))]);
  // Not by assignment: a file may be called __proto__.
  return Object.fromEntries(entries);
}

async function* filesBelow(directory: string, prefix = ''): AsyncGenerator<string> {
  for (const entry of await readdir(join(directory, prefix), { withFileTypes: true })) {
    if (entry.isDirectory()) yield* filesBelow(directory, `${prefix}${entry.name}/`);
    else yield prefix + entry.name;
  }
}
