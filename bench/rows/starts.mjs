/** What it costs to have the package: to load it beside the filesystem it is built on, and to mount once more. */
import { median } from '../pairs.mjs';
import { program } from '../programs.mjs';

/** One load is a few hundredths of a second: several processes, of which the middle one counts. */
async function loading(style, name, { processes }) {
  const samples = [];
  for (let at = 0; at < processes; at++) samples.push(await program('load.cjs', [style, name]));
  const counts = await program('load.cjs', [style, name, 'count']);
  return {
    ms: median(samples.map(({ ms }) => ms)),
    cpuMs: median(samples.map(({ cpuMs }) => cpuMs)),
    modules: counts.modules,
    kilobytes: counts.kilobytes,
  };
}

const load = (style) => ({
  name: `load-by-${style}`,
  title: `${style} 'wandb-fs'`,
  against: `${style} 'memfs'`,
  of: 'cpuMs',
  aim: 1.5,
  most: { modules: 60 },
  server: null,
  warmUp: false,
  sizes: { full: { processes: 5 }, quick: { processes: 3 }, tiny: { processes: 1 } },
  prepare: ({ size }) => size,
  ours: (size) => loading(style, 'wandb-fs', size),
  peer: (size) => loading(style, 'memfs', size),
});

const PATH = 'bench/starts/run/config.yaml';

export const rows = [
  load('import'),
  load('require'),
  {
    name: 'further-instance',
    title: 'a further instance, until its first file is read',
    against: 'the same read by an instance that is there',
    aim: 2,
    most: { mb: 1, threads: 0, ms: 5 },
    warmUp: false,
    sizes: { full: { instances: 100 }, quick: { instances: 50 }, tiny: { instances: 2 } },
    prepare: async ({ server, size }) => {
      await server.seed({ 'bench/starts/run': { 'config.yaml': 'lr: 0.1\n' } });
      return { server, size };
    },
    ours: ({ server, size }) =>
      program('further-instances.mjs', [size.instances, PATH], { env: server.env, flags: ['--expose-gc'] }),
    peer: async ({ server, size }) => {
      const { againMs } = await program('further-instances.mjs', [size.instances, PATH], {
        env: server.env,
        flags: ['--expose-gc'],
      });
      return { ms: againMs };
    },
  },
];
