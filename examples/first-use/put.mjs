import nodeFs from 'node:fs';
import fs, { mountAll } from 'wandb-fs';

// A directory of the disk becomes one of a run: `mountAll` has both, so `cp` knows the way.
const both = mountAll({ '/wandb': fs }, nodeFs);
await both.promises.mkdir('/wandb/viewer/flowers/run-1', { recursive: true });
await both.promises.cp('site', '/wandb/viewer/flowers/run-1/site', { recursive: true });
await fs.wandb.flush(); // now it is at W&B
console.log(await fs.promises.readdir('viewer/flowers/run-1', { recursive: true }));
await fs.wandb.close();
