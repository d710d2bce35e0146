import { setTimeout } from 'node:timers/promises';
import { createWandbFs } from 'wandb-fs';

const [file] = process.argv.slice(2);
const everyMs = 200; // of W&B itself rather 5000
const fs = createWandbFs({ listingTtl: everyMs });

async function sizeNow() {
  try {
    return (await fs.promises.stat(file)).size;
  } catch (error) {
    if (error.code === 'ENOENT') return 0; // it isn't there yet
    throw error;
  }
}

let shown = 0;
let last = '';
while (!last.endsWith('done\n')) {
  // Only what is new is fetched.
  if ((await sizeNow()) > shown) {
    for await (last of fs.createReadStream(file, { start: shown, encoding: 'utf8' })) {
      shown += Buffer.byteLength(last);
      process.stdout.write(last);
    }
  }
  await setTimeout(everyMs);
}
await fs.wandb.close();
