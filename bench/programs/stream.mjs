/**
 * Reads one large file as a stream and hashes it, in a fresh process, as `curl | md5sum` does: the time from the first call to the
 * last byte, and the most memory above what the process had when it was idle.
 *
 *     node --expose-gc stream.mjs bench/streams/run/model.bin bench/streams/run/small.txt
 */
import { createHash } from 'node:crypto';
import { createWandbFs } from 'wandb-fs';
import { collect, measuring } from '../measure.mjs';

const [path, small] = process.argv.slice(2);
const fs = createWandbFs();
await fs.promises.readFile(small);
await collect();
const idle = process.memoryUsage().rss;
let most = idle;
const sampling = setInterval(() => {
  most = Math.max(most, process.memoryUsage().rss);
}, 20);
const hash = createHash('md5');
const sample = await measuring(null)(async () => {
  for await (const chunk of fs.createReadStream(path)) hash.update(chunk);
});
clearInterval(sampling);
await fs.wandb.close();
const told = { ...sample, aboveIdleMb: (most - idle) / 1e6, md5: hash.digest('hex') };
process.stdout.write(`${JSON.stringify(told)}\n`);
