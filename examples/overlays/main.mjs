import nodeFs from 'node:fs';
import { Union } from 'unionfs';
import { createWandbFs } from 'wandb-fs';

// A run's files at the place of this directory: who asks for a name gets the local file, else the run's.
const here = import.meta.dirname;
const run = createWandbFs({ mountPoint: here, root: 'vision-lab/flower-classifier/v1t8c5ye' });
const fs = new Union().use(run).use(nodeFs);

console.log(fs.readFileSync(`${here}/prompts/system.txt`, 'utf8').trim()); // the disk has it
console.log(fs.readFileSync(`${here}/requirements.txt`, 'utf8').split('\n')[0]); // the run has it
console.log(fs.readdirSync(here).filter((name) => /^(prompts|checkpoints)$/.test(name))); // both

await run.wandb.close();
