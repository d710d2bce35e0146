/** A whole version to the disk, beside what people use for it today. */
import nodeFs, { readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createWandbArtifactFs, mountAll } from 'wandb-fs';
import { manyFiles } from '../content.mjs';
import { barely, freshly } from '../instances.mjs';
import { python } from '../programs.mjs';
import { atOnce } from '../undici.mjs';

const COLLECTION = 'bench/copies/dataset/many';
const VERSION = `${COLLECTION}/v0`;
const DIRECTORY = 'data';

async function prepare({ server, size, directory }) {
  const files = manyFiles(size.files, size.bytes, { directory: DIRECTORY, suffix: '.bin' });
  await server.seedArtifacts({ [COLLECTION]: { versions: [{ files }] } });
  let copies = 0;
  return {
    server,
    names: Object.keys(files),
    /** Each copy goes to a directory that isn't there yet. */
    target: () => join(directory, `copy-${++copies}`),
  };
}

function whole({ names }, target) {
  const found = readdirSync(join(target, DIRECTORY)).length;
  if (found !== names.length) throw new Error(`${found} files of ${names.length} are in the copy.`);
}

const MOUNTED = '/mounted';

const ours = async (state, measure) => {
  const target = state.target();
  const sample = await freshly(createWandbArtifactFs, state.server, (artifacts) => {
    const fs = mountAll({ [MOUNTED]: artifacts }, nodeFs);
    return measure(() => fs.promises.cp(`${MOUNTED}/${VERSION}`, target, { recursive: true }));
  });
  whole(state, target);
  return sample;
};

const sdk = async (state) => {
  const target = state.target();
  const sample = await python('peers.py', ['download', 'bench/copies/many:v0', target], {
    env: state.server.env,
  });
  whole(state, target);
  return sample;
};

const bare = async (state, measure) => {
  const target = state.target();
  const sample = await barely(state.server, (client) =>
    measure(async () => {
      await mkdir(join(target, DIRECTORY), { recursive: true });
      const addresses = await client.addressesOfVersion(VERSION, state.names);
      await atOnce(addresses, 32, async (url, at) =>
        writeFile(join(target, state.names[at]), await client.get(url)),
      );
    }),
  );
  whole(state, target);
  return sample;
};

const common = {
  server: { latencyMs: 50 },
  sizes: {
    full: { files: 1000, bytes: 4096 },
    quick: { files: 300, bytes: 4096 },
    tiny: { files: 5, bytes: 100 },
  },
  prepare,
};

export const rows = [
  {
    ...common,
    name: 'cp-of-a-version',
    title: 'cp of a version of 1,000 files to the disk, 50 ms',
    against: "the SDK's download()",
    aim: 0.5,
    needs: ['python'],
    ours,
    peer: sdk,
  },
  {
    ...common,
    name: 'cp-of-a-version-bare',
    title: 'cp of a version of 1,000 files to the disk, 50 ms',
    against: 'bare undici: one query, 32 GETs at once, written to the disk',
    aim: 1.5,
    ours,
    peer: bare,
  },
];
