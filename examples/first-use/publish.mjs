import nodeFs from 'node:fs';
import { mountAll } from 'wandb-fs';
import artifacts from 'wandb-fs/artifacts';

const both = mountAll({ '/wandb': artifacts }, nodeFs);
await both.promises.cp('site', '/wandb/viewer/flowers/site/pages/draft', { recursive: true });
const { version } = await artifacts.wandb.commit('viewer/flowers/site/pages/draft', { aliases: ['live'] });
console.log(version, await artifacts.promises.readdir('viewer/flowers/site/pages/live'));
await artifacts.wandb.close();
