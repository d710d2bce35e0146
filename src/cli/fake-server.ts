import { once } from 'node:events';
import { type FakeWandbOptions, startFakeWandb } from '../testing/index.js';

/** Runs the local W&B server by itself until SIGINT or SIGTERM, and tells how to reach it. */
export async function runFakeServer(options: FakeWandbOptions): Promise<void> {
  const wandb = await startFakeWandb(options);
  // Who reads the address may end it in the same moment.
  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  process.stdout.write(`WANDB_BASE_URL=${wandb.url}\nWANDB_API_KEY=${wandb.apiKey}\n`);
  await interrupted;
  await wandb.close();
}
