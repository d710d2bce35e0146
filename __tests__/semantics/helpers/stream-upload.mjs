// Streams so many mebibytes into a file, the first 64 KiB all 0, the next all 1, up to 6, then 0 again, and tells how much the
// process grew by it: stream-upload.mjs <path> <mebibytes>
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createWandbFs } from 'wandb-fs';

const [path, mebibytes] = process.argv.slice(2);
const fs = createWandbFs({ cacheBytes: 8 << 20 });
// What every use of the package loads is no part of the measure.
await fs.promises.writeFile(`${path}.first`, 'x', { flush: true });

const before = process.memoryUsage().rss;
let most = before;
const timer = setInterval(() => {
  most = Math.max(most, process.memoryUsage().rss);
}, 5);

// A few chunks over and over, so that the measure isn't one of garbage.
const chunks = Array.from({ length: 7 }, (_, index) => Buffer.alloc(1 << 16, index));
function* many() {
  for (let index = 0; index < Number(mebibytes) * 16; index++) yield chunks[index % chunks.length];
}
await pipeline(Readable.from(many()), fs.createWriteStream(path));
await fs.wandb.close();
clearInterval(timer);
process.stdout.write(String(most - before));
