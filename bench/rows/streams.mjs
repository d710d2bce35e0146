/** One large file from its beginning to its end, hashed on the way, beside what the machine's own tools take for it. */
import { createHash } from 'node:crypto';
import { generatedMd5 } from '../content.mjs';
import { barely } from '../instances.mjs';
import { program, run } from '../programs.mjs';

const RUN = 'bench/streams/run';
const LARGE = 'model.bin';
const SMALL = 'small.txt';
/** As many ranges at once as the best of those who read by ranges. */
const RANGES = 4;
const RANGE_BYTES = 8 * 2 ** 20;

async function prepare({ server, size }) {
  const content = { bytes: size.megabytes * 2 ** 20, seed: 1 };
  await server.seed({ [RUN]: { [LARGE]: content, [SMALL]: 'a' } });
  return { server, bytes: content.bytes, digest: generatedMd5(content) };
}

function checked({ digest }, { md5: found, ...sample }) {
  if (found !== digest) throw new Error(`The stream's MD5 is ${found} rather than ${digest}.`);
  return sample;
}

const ours = async (state) =>
  checked(
    state,
    await program('stream.mjs', [`${RUN}/${LARGE}`, `${RUN}/${SMALL}`], {
      env: state.server.env,
      flags: ['--expose-gc'],
    }),
  );

const addressOf = (state) =>
  barely(state.server, async (client) => (await client.addressesOf(RUN, [LARGE]))[0]);

async function curl(state) {
  const url = await addressOf(state);
  const { stdout, ms } = await run('sh', ['-c', 'curl -sS --fail "$0" | md5sum', url]);
  return checked(state, { ms, md5: stdout.split(' ')[0] });
}

/** Ranges of 8 MiB, four at once, hashed in their order. */
const ranges = async (state, measure) => {
  const url = await addressOf(state);
  return barely(state.server, async (client) => {
    const hash = createHash('md5');
    const sample = await measure(async () => {
      const under = [];
      for (let start = 0; start < state.bytes || under.length > 0; start += RANGE_BYTES) {
        if (start < state.bytes) {
          const end = Math.min(start + RANGE_BYTES, state.bytes) - 1;
          under.push(client.get(url, { range: `bytes=${start}-${end}` }));
        }
        if (under.length === RANGES || start + RANGE_BYTES >= state.bytes) hash.update(await under.shift());
      }
    });
    return checked(state, { ...sample, md5: hash.digest('hex') });
  });
};

/** The better one of both, of the same moment. */
async function best(state, measure) {
  const samples = [await curl(state), await ranges(state, measure)];
  return { ms: Math.min(...samples.map(({ ms }) => ms)) };
}

export const rows = [
  {
    name: 'stream',
    title: 'a stream of 1 GB and its MD5, 0 ms',
    against: 'curl | md5sum',
    needs: ['curl'],
    aim: 1.25,
    most: { aboveIdleMb: 150 },
    warmUp: false,
    sizes: { full: { megabytes: 1024 }, quick: { megabytes: 512 }, tiny: { megabytes: 1 } },
    prepare,
    ours,
    peer: curl,
  },
  {
    name: 'stream-late',
    title: 'a stream of 256 MB and its MD5, 50 ms',
    against: 'the better of curl | md5sum and four ranges at once',
    needs: ['curl'],
    server: { latencyMs: 50 },
    aim: 1.1,
    most: { aboveIdleMb: 150 },
    warmUp: false,
    sizes: { full: { megabytes: 256 }, tiny: { megabytes: 1 } },
    prepare,
    ours,
    peer: best,
  },
];
