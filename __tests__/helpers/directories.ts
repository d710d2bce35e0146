import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

afterAll(async () => {
  await Promise.all(made.splice(0).map((directory) => rm(directory, { recursive: true, force: true })));
});

/** Makes an empty directory; it is removed behind the file's last test. */
export async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(await realpath(tmpdir()), 'wandb-fs-test-'));
  made.push(directory);
  return directory;
}
