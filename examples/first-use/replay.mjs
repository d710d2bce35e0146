import { createWandbArtifactFs, createWandbFs } from 'wandb-fs';
import { startFakeWandb } from 'wandb-fs/testing';

// A server of its own, in a thread, with what was recorded: this is what a test does.
const wandb = await startFakeWandb({ world: 'world' });
const options = { baseUrl: wandb.url, apiKey: wandb.apiKey };
const fs = createWandbFs(options);
const artifacts = createWandbArtifactFs(options);
console.log(await fs.promises.readFile('viewer/flowers/run-1/site/config.json', 'utf8'));
console.log(await artifacts.promises.readdir('viewer/flowers/site/pages'));
await Promise.all([fs.wandb.close(), artifacts.wandb.close()]);
await wandb.close();
