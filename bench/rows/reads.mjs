/** Many reads at once, reads here and there in a large file, and reads beside the adapter for Python. */
import { createWandbFs } from 'wandb-fs';
import { manyFiles } from '../content.mjs';
import { barely, freshly } from '../instances.mjs';
import { python } from '../programs.mjs';
import { atOnce } from '../undici.mjs';

const RUN = 'bench/reads/run';
const AT_ONCE = 64;

async function prepareSmall({ server, size }) {
  const files = manyFiles(size.files, size.bytes, { directory: 'data', suffix: '.bin' });
  await server.seed({ [RUN]: files });
  return { server, size, names: Object.keys(files) };
}

const readAll = (state, measure) =>
  freshly(createWandbFs, state.server, (fs) =>
    measure(() => Promise.all(state.names.map((name) => fs.promises.readFile(`${RUN}/${name}`)))),
  );

const readOneByOne = (state, measure) =>
  freshly(createWandbFs, state.server, (fs) =>
    measure(async () => {
      for (const name of state.names) await fs.promises.readFile(`${RUN}/${name}`);
    }),
  );

const getAll = (state, measure) =>
  barely(state.server, (client) =>
    measure(async () => {
      const addresses = await client.addressesOf(RUN, state.names);
      await atOnce(addresses, AT_ONCE, (url) => client.get(url));
    }),
  );

const NAME = 'model.bin';

async function prepareLarge({ server, size }) {
  await server.seed({ [RUN]: { [NAME]: { bytes: size.megabytes * 2 ** 20, seed: 1 } } });
  // The same places in each run, each in another block.
  const step = Math.floor((size.megabytes * 2 ** 20) / size.reads / 4096) * 4096;
  const places = Array.from({ length: size.reads }, (_, at) => ((at * 619) % size.reads) * step);
  return { server, size, places };
}

const readHereAndThere = (state, measure) =>
  freshly(createWandbFs, state.server, (fs) =>
    measure(async () => {
      const file = await fs.promises.open(`${RUN}/${NAME}`);
      try {
        const buffer = Buffer.alloc(4096);
        for (const place of state.places) await file.read(buffer, 0, 4096, place);
      } finally {
        await file.close();
      }
    }),
  );

const getRanges = (state, measure) =>
  barely(state.server, (client) =>
    measure(async () => {
      const [url] = await client.addressesOf(RUN, [NAME]);
      for (const place of state.places) await client.get(url, { range: `bytes=${place}-${place + 4095}` });
    }),
  );

const AT_ONCE_SIZES = { full: { files: 1000, bytes: 4096 }, tiny: { files: 5, bytes: 100 } };

export const rows = [
  {
    name: 'at-once',
    title: '1,000 × 4 KB at once, 0 ms',
    against: 'bare undici: one query, 64 GETs at once',
    aim: 1.5,
    sizes: AT_ONCE_SIZES,
    prepare: prepareSmall,
    ours: readAll,
    peer: getAll,
  },
  {
    name: 'at-once-cpu',
    title: '1,000 × 4 KB at once, 0 ms, CPU time',
    against: 'bare undici: one query, 64 GETs at once',
    of: 'cpuMs',
    aim: 1.5,
    sizes: AT_ONCE_SIZES,
    prepare: prepareSmall,
    ours: readAll,
    peer: getAll,
  },
  {
    name: 'random-reads',
    title: '1,000 random reads of 4 KB of a file of 1 GB, bytes',
    against: 'bare undici: one range a read',
    of: 'bytesOut',
    aim: 25,
    most: { bytesOut: 100e6 },
    sizes: {
      full: { reads: 1000, megabytes: 1024 },
      quick: { reads: 1000, megabytes: 512 },
      tiny: { reads: 5, megabytes: 4 },
    },
    warmUp: false,
    prepare: prepareLarge,
    ours: readHereAndThere,
    peer: getRanges,
  },
  {
    name: 'one-by-one-python',
    title: '100 × 4 KB, promises.readFile one by one, 50 ms',
    against: 'wandbfsspec, cat_file one by one',
    aim: 0.5,
    needs: ['python'],
    server: { latencyMs: 50 },
    warmUp: false,
    sizes: {
      full: { files: 100, bytes: 4096 },
      quick: { files: 30, bytes: 4096 },
      tiny: { files: 2, bytes: 10 },
    },
    prepare: prepareSmall,
    ours: readOneByOne,
    peer: (state) =>
      python('peers.py', ['read', RUN, JSON.stringify(state.names)], { env: state.server.env }),
  },
];
