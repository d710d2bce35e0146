import { createWandbFs, type WandbFs, type WandbFsOptions } from 'wandb-fs';
import type { FakeWandb } from 'wandb-fs/testing';
import { eventually } from './waiting.js';

const mounted: WandbFs[] = [];

afterEach(async () => {
  await Promise.all(mounted.splice(0).map((fs) => fs.wandb.close()));
});

type Address = Pick<FakeWandb, 'url' | 'apiKey'>;

/** One for several tests that leave each other alone; they close it behind their last one. */
export const connect = (server: Address, options: WandbFsOptions = {}): WandbFs =>
  createWandbFs({ baseUrl: server.url, apiKey: server.apiKey, ...options });

/** An fs object over a server; it is closed behind the test. */
export function mount(server: Address, options: WandbFsOptions = {}): WandbFs {
  const fs = connect(server, options);
  mounted.push(fs);
  return fs;
}

/** Begins to read a file that is known, and gives it up while the request for its content is on its way. */
export async function giveUpReading(fs: WandbFs, path: string): Promise<void> {
  const controller = new AbortController();
  const reading = fs.promises.readFile(path, { signal: controller.signal });
  void eventually(
    async () => fs.wandb.counters().requestsOpen,
    (open) => open === 1,
  ).then(() => controller.abort());
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
}

let runs = 0;

/** A run that no other test of the file has; with files it is on the server already. */
export async function makeRun(
  server: FakeWandb,
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<string> {
  const run = `team/project/run-${++runs}`;
  await server.seed({ [run]: files });
  return run;
}
