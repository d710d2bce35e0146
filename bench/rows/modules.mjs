/**
 * Many small files one after another, as who compiles, bundles or syncs reads them. The peer knows all addresses by one query and
 * asks for everything at once: nothing that speaks HTTP is faster.
 */
import { createWandbArtifactFs, createWandbFs } from 'wandb-fs';
import { manyFiles } from '../content.mjs';
import { barely, freshly } from '../instances.mjs';
import { atOnce } from '../undici.mjs';

const RUN = 'bench/modules/run';
const COLLECTION = 'bench/modules/code/library';
const VERSION = `${COLLECTION}/v0`;
const BYTES = 4096;
const AT_ONCE = 32;

const modules = (count) => manyFiles(count, BYTES, { directory: 'src', prefix: 'module-', suffix: '.ts' });

async function prepareRun({ server, size }) {
  const files = modules(size.files);
  await server.seed({ [RUN]: files });
  return { server, create: createWandbFs, path: RUN, names: Object.keys(files), addresses: 'addressesOf' };
}

async function prepareVersion({ server, size }) {
  const files = modules(size.files);
  await server.seedArtifacts({ [COLLECTION]: { versions: [{ files }] } });
  return {
    server,
    create: createWandbArtifactFs,
    path: VERSION,
    names: Object.keys(files),
    addresses: 'addressesOfVersion',
  };
}

/** As a compiler does: it asks whether the file is there, and reads it. */
const readSync = (state, measure) =>
  freshly(state.create, state.server, (fs) =>
    measure(() => {
      for (const name of state.names) {
        fs.statSync(`${state.path}/${name}`);
        fs.readFileSync(`${state.path}/${name}`, 'utf8');
      }
    }),
  );

const readOneByOne = (state, measure) =>
  freshly(state.create, state.server, (fs) =>
    measure(async () => {
      for (const name of state.names) await fs.promises.readFile(`${state.path}/${name}`, 'utf8');
    }),
  );

const allAtOnce = (state, measure) =>
  barely(state.server, (client) =>
    measure(async () => {
      const addresses = await client[state.addresses](state.path, state.names);
      await atOnce(addresses, AT_ONCE, (url) => client.get(url));
    }),
  );

/** One by one, with the addresses from before. */
const oneByOne = (state, measure) =>
  barely(state.server, async (client) => {
    const addresses = await client[state.addresses](state.path, state.names);
    return measure(async () => {
      for (const url of addresses) await client.get(url);
    });
  });

const common = { server: { latencyMs: 50 } };
const MODULES = { full: { files: 300 }, tiny: { files: 4 } };

export const rows = [
  {
    ...common,
    name: 'modules-of-a-run',
    title: '300 modules of a run, stat and readFileSync one by one, 50 ms',
    against: 'bare undici: one query, 32 GETs at once',
    aim: 3,
    most: { graphql: 10 },
    sizes: MODULES,
    prepare: prepareRun,
    ours: readSync,
    peer: allAtOnce,
  },
  {
    ...common,
    name: 'modules-of-a-version',
    title: '300 modules of a version, stat and readFileSync one by one, 50 ms',
    against: 'bare undici: one query, 32 GETs at once',
    aim: 3,
    most: { graphql: 10 },
    sizes: MODULES,
    prepare: prepareVersion,
    ours: readSync,
    peer: allAtOnce,
  },
  {
    ...common,
    name: 'one-by-one',
    title: '100 × 4 KB, promises.readFile one by one, 50 ms',
    against: 'bare undici one by one, the addresses known',
    aim: 0.5,
    most: { graphql: 3 },
    sizes: { full: { files: 100 }, tiny: { files: 3 } },
    prepare: prepareRun,
    ours: readOneByOne,
    peer: oneByOne,
  },
];
