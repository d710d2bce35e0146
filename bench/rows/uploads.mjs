import { createWandbFs } from 'wandb-fs';
import { barely, freshly } from '../instances.mjs';
import { putAll, smallFiles, uploadAddresses } from '../uploading.mjs';

/** @type {(latencyMs: number) => import('../row.d.mts').Row<any>} */
const written = (latencyMs) => ({
  name: `uploads-${latencyMs}`,
  title: `1,000 × 4 KB written and flushed, ${latencyMs} ms`,
  against: 'bare PUTs by undici, 64 at once, the addresses known',
  aim: 1.5,
  server: { latencyMs },
  sizes: { full: { files: 1000, bytes: 4096 }, tiny: { files: 20, bytes: 64 } },
  prepare: ({ server, size }) => ({ server, size, rounds: 0 }),
  async ours(state, measure) {
    const { server, size } = state;
    const round = ++state.rounds;
    const run = `team/project/ours-${round}`;
    await server.seed({ [run]: {} });
    const files = smallFiles(size, round);
    return freshly(createWandbFs, server, async ({ promises, wandb }) => {
      await promises.mkdir(`/${run}/out`);
      return measure(async () => {
        await Promise.all(files.map(({ name, bytes }) => promises.writeFile(`/${run}/out/${name}`, bytes)));
        await wandb.flush();
      });
    });
  },
  async peer(state, measure) {
    const { server, size } = state;
    const round = ++state.rounds;
    const run = `team/project/bare-${round}`;
    await server.seed({ [run]: {} });
    const files = smallFiles(size, round);
    return barely(server, async (client) => {
      const addresses = await uploadAddresses(client, run, files);
      return measure(() => putAll(client, addresses, files));
    });
  },
});

export const rows = [written(0), written(50)];
