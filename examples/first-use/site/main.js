import config from '/wandb/run/site/config.json';

console.log(`A page of ${config.title}.`);
