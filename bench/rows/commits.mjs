import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createWandbArtifactFs } from 'wandb-fs';
import { barely, freshly } from '../instances.mjs';
import { python } from '../programs.mjs';
import { putAll, smallFiles, uploadAddresses } from '../uploading.mjs';

const PROJECT = 'team/project';

/** Writes a draft, and measures its commit. */
async function committed({ server, size }, round, measure) {
  const draft = `/${PROJECT}/dataset/ours-${round}/draft`;
  const files = smallFiles(size, round);
  return freshly(createWandbArtifactFs, server, async ({ promises, wandb }) => {
    await promises.mkdir(draft, { recursive: true });
    await Promise.all(files.map(({ name, bytes }) => promises.writeFile(`${draft}/${name}`, bytes)));
    return measure(async () => {
      await wandb.commit(draft);
    });
  });
}

const common = {
  /** The project must be there. */
  async prepare({ server, size, directory }) {
    await server.seed({ [`${PROJECT}/run`]: {} });
    return { server, size, directory, rounds: 0 };
  },
  ours: (state, measure) => committed(state, ++state.rounds, measure),
};

/** @type {import('../row.d.mts').Row<any>} */
const overBare = {
  ...common,
  name: 'commit-0',
  title: 'commit of 10,000 files of 1 KB, 0 ms',
  against: 'their MD5s, and bare PUTs by undici, 64 at once, the addresses known',
  aim: 1.3,
  sizes: {
    full: { files: 10_000, bytes: 1024 },
    quick: { files: 2000, bytes: 1024 },
    tiny: { files: 20, bytes: 64 },
  },
  async peer(state, measure) {
    const { server, size } = state;
    const round = ++state.rounds;
    const run = `${PROJECT}/bare-${round}`;
    await server.seed({ [run]: {} });
    const files = smallFiles(size, round);
    return barely(server, async (client) => {
      const addresses = await uploadAddresses(client, run, files);
      return measure(async () => {
        for (const { bytes } of files) createHash('md5').update(bytes).digest('base64');
        await putAll(client, addresses, files);
      });
    });
  },
};

/** @type {import('../row.d.mts').Row<any>} */
const overSdk = {
  ...common,
  name: 'commit-50',
  title: 'commit of 1,000 files of 4 KB, 50 ms',
  against: "the SDK's `log_artifact` of a directory, and `wait`",
  aim: 0.7,
  needs: ['python'],
  server: { latencyMs: 50 },
  sizes: { full: { files: 1000, bytes: 4096 }, tiny: { files: 20, bytes: 64 } },
  async peer(state) {
    const { server, size, directory } = state;
    const round = ++state.rounds;
    const source = join(directory, `sdk-${round}`);
    await mkdir(source);
    for (const { name, bytes } of smallFiles(size, round)) await writeFile(join(source, name), bytes);
    await server.counted();
    const told = await python('peers.py', ['commit', PROJECT, `sdk-${round}`, source], { env: server.env });
    return { ...told, ...(await server.counted()) };
  },
};

export const rows = [overBare, overSdk];
