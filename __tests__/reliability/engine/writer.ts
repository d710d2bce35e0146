import nodeFs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import '../../../scripts/unoptimised-parser.cjs';
import { createWandbFs, type WandbFsOptions } from 'wandb-fs';
import { planWrites } from './kill-plan.js';

/**
 * A process that writes by a plan until it is killed, and says at once what was acknowledged: `ack N`, `durable N`. With
 * `recover` it only starts again what an earlier one left.
 */
const { options, seed, recover } = JSON.parse(process.argv[2] ?? '') as {
  readonly options: WandbFsOptions;
  readonly seed: number;
  readonly recover: boolean;
};
// A pipe that is written to asynchronously would lose at the kill what was said before.
const say = (line: string): number => nodeFs.writeSync(1, `${line}\n`);
const fs = createWandbFs(options);

async function recoverAll(): Promise<void> {
  say('ready');
  await fs.promises.readdir('/');
  await fs.wandb.flush();
  await fs.wandb.close();
}

async function writeAll(): Promise<void> {
  const writes = planWrites(seed);
  await fs.promises.mkdir('/d', { recursive: true });
  say('ready');
  for (const [index, { name, content, flush, pause }] of writes.entries()) {
    if (pause > 0) await sleep(pause);
    await fs.promises.writeFile(`/${name}`, content);
    say(`ack ${index}`);
    if (!flush) continue;
    await fs.wandb.flush();
    say(`durable ${index}`);
  }
  say('done');
  setInterval(() => {}, 1000);
}

void (recover ? recoverAll() : writeAll());
