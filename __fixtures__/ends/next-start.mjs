/** What a user does next, who doesn't know what the last process left behind. */
import { createWandbFs } from 'wandb-fs';

const { run, options } = JSON.parse(process.env.ENDS);
const fs = createWandbFs(options);
fs.writeFileSync(`/${run}/next`, Buffer.alloc(6_000_000));
await fs.wandb.close();
