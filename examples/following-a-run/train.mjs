import { setTimeout } from 'node:timers/promises';
import { createWandbFs } from 'wandb-fs';

// Stands in for a training: a run that sends a file again and again.
const fs = createWandbFs({ writebackDelay: 0 });
const [file] = process.argv.slice(2);
await fs.promises.mkdir(file.slice(0, file.lastIndexOf('/')), { recursive: true });
for (const line of ['epoch 1', 'epoch 2', 'done']) {
  await fs.promises.appendFile(file, `${line}\n`);
  await fs.wandb.flush();
  await setTimeout(400);
}
await fs.wandb.close();
