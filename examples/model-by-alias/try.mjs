import { createWandbArtifactFs } from 'wandb-fs';
import { startService } from './service.mjs';

const MODEL = 'vision-lab/flower-classifier/model/classifier';
const fs = createWandbArtifactFs();
await fs.promises.symlink('v0', `${MODEL}/prod`); // sets the alias

const service = await startService({ port: 0, checkEveryMs: 0 });
const ask = async () =>
  console.log(await (await fetch(`http://localhost:${service.address().port}/12`)).json());
await ask();

// Another version, from the last one, goes to production.
await fs.promises.cp(`${MODEL}/v0`, `${MODEL}/draft`, { recursive: true });
await fs.promises.writeFile(`${MODEL}/draft/labels.json`, '{"12": "coltsfoot"}');
await fs.wandb.commit(`${MODEL}/draft`, { aliases: ['prod'] });
await ask();

service.close();
service.closeAllConnections();
await fs.wandb.close();
