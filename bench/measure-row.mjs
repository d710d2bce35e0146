/**
 * Measures one row and tells the parent process what came of it: each row has a process of its own, so that none finds
 * another's heap, caches or compiled code.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measuring } from './measure.mjs';
import { measurePairs } from './pairs.mjs';
import { startServer } from './server.mjs';

const [module, name, sizeName, pairs] = process.argv.slice(2);
const { rows } = await import(`./rows/${module}`);
const row = rows.find((one) => one.name === name);
const size = row.sizes[sizeName] ?? row.sizes.full;

const directory = await mkdtemp(join(tmpdir(), 'wandb-fs-bench-'));
const server = row.server === null ? null : await startServer(row.server);
let result;
try {
  const state = await row.prepare({ server, size, directory });
  try {
    const warmUp = (row.warmUp ?? true) && sizeName !== 'tiny';
    result = await measurePairs(row, state, { pairs: Number(pairs), warmUp, measure: measuring(server) });
  } finally {
    await row.end?.(state);
  }
} finally {
  await server?.close();
  await rm(directory, { recursive: true, force: true });
}
await new Promise((sent) => process.send({ ...result, size }, sent));
process.disconnect();
