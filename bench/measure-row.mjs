import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measuring } from './measure.mjs';
import { measurePairs } from './pairs.mjs';
import { startServer } from './server.mjs';

/**
 * Measures one row by a server that has nothing yet.
 *
 * @param {import('./row.d.mts').Row} row
 * @param {{ sizeName: 'full' | 'quick' | 'tiny', pairs: number }} how
 */
export async function measureRow(row, server, { sizeName, pairs }) {
  const size = row.sizes[sizeName] ?? row.sizes.full;
  const directory = await mkdtemp(join(tmpdir(), 'wandb-fs-bench-'));
  try {
    const state = await row.prepare({ server, size, directory });
    try {
      const warmUp = (row.warmUp ?? true) && sizeName !== 'tiny';
      return { ...(await measurePairs(row, state, { pairs, warmUp, measure: measuring(server) })), size };
    } finally {
      await row.end?.(state);
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** With a server of its own. */
export async function measureAlone(row, how) {
  const server = row.server === null ? null : await startServer(row.server);
  try {
    return await measureRow(row, server, how);
  } finally {
    await server?.close();
  }
}
