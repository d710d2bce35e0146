import fastGlob from 'fast-glob';
import { glob } from 'glob';
import fs, { createWandbFs } from 'wandb-fs';

const project = 'vision-lab/flower-classifier';

// Node's own: the logs of all runs, in a few requests.
for await (const path of fs.promises.glob(`${project}/*/output.log`)) console.log(path);

// What takes an `fs` takes this one; `cwd` is a run.
const run = createWandbFs({ mountPoint: '/run', root: `${project}/v1t8c5ye` });
console.log(await glob('checkpoints/*.bin', { cwd: '/run', fs: run }));
console.log((await fastGlob('media/**/*.png', { cwd: '/run', fs: run })).length, 'pictures');

await Promise.all([fs.wandb.close(), run.wandb.close()]);
