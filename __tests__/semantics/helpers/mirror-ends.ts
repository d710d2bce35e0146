import nodeFs, { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FakeWandb } from 'wandb-fs/testing';
import { filesBelow, writeFiles } from '../../helpers/disk-files.js';

export const TREE = { 'a.txt': 'a', 'dir/b c.txt': 'b', 'dir/deep/ä\n.txt': 'c', empty: '' };

/** A directory of the disk to mirror from and to, which is a new one for each test. */
export function useDisk() {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'wandb-fs-mirror-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const at = (name: string): string => join(directory, name);
  return {
    at,
    disk: (name = '') => ({ fs: nodeFs, path: at(name) }),
    write: (files: Readonly<Record<string, string | Buffer>>): void => writeFiles(directory, files),
    filesIn: (): Record<string, string> => filesBelow(directory),
  };
}

/** The files of a run, as the server has them. */
export async function filesOfRun(server: FakeWandb, run: string): Promise<Record<string, string>> {
  const files = Object.entries(await server.files(run)).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(files.map(([name, bytes]) => [name, Buffer.from(bytes).toString()]));
}
