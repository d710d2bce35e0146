import { createWandbFs, type WandbFs, type WandbFsOptions } from 'wandb-fs';
import type { FakeWandb } from 'wandb-fs/testing';

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
