/**
 * All files of a project of many runs, by one recursive call. The peer asks for the runs, then for the files of ten runs in one
 * document, all documents at once.
 */
import { createWandbFs } from 'wandb-fs';
import { manyFiles } from '../content.mjs';
import { barely, freshly } from '../instances.mjs';

const PROJECT = 'bench/walks';
const RUNS_A_DOCUMENT = 10;

async function prepare({ server, size }) {
  const names = Array.from({ length: size.runs }, (_, at) => `run-${String(at).padStart(4, '0')}`);
  const files = Object.fromEntries(
    Object.keys(manyFiles(size.files, 0, { directory: 'logs', suffix: '.txt' })).map((name) => [name, '']),
  );
  await server.seed(Object.fromEntries(names.map((name) => [`${PROJECT}/${name}`, files])));
  return { server, files: size.runs * size.files };
}

const expect = (found, wanted) => {
  if (found !== wanted) throw new Error(`Found ${found} files rather than ${wanted}.`);
};

const ours = (walk) => (state, measure) =>
  freshly(createWandbFs, state.server, (fs) => measure(async () => expect(await walk(fs), state.files)));

async function recursively(fs) {
  const entries = await fs.promises.readdir(PROJECT, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

async function byPattern(fs) {
  let found = 0;
  for await (const _ of fs.promises.glob(`${PROJECT}/**/*.txt`)) found++;
  return found;
}

const RUNS = `query ($entity: String!, $project: String!) {
  project(name: $project, entityName: $entity) { runs(first: 1000) { edges { node { name } } } }
}`;

const filesOf = (count) =>
  `query ($entity: String!, $project: String!, ${Array.from({ length: count }, (_, at) => `$r${at}: String!`).join(', ')}) {
  project(name: $project, entityName: $entity) {
    ${Array.from({ length: count }, (_, at) => `r${at}: run(name: $r${at}) { files(first: 1000) { edges { node { name sizeBytes md5 updatedAt } } } }`).join('\n    ')}
  }
}`;

const aliased = (state, measure) =>
  barely(state.server, (client) =>
    measure(async () => {
      const [entity, project] = PROJECT.split('/');
      const { project: found } = await client.graphql(RUNS, { entity, project });
      const runs = found.runs.edges.map(({ node }) => node.name);
      const groups = [];
      while (runs.length > 0) groups.push(runs.splice(0, RUNS_A_DOCUMENT));
      const counts = await Promise.all(
        groups.map(async (group) => {
          const named = Object.fromEntries(group.map((name, at) => [`r${at}`, name]));
          const data = await client.graphql(filesOf(group.length), { entity, project, ...named });
          return Object.values(data.project).reduce((sum, run) => sum + run.files.edges.length, 0);
        }),
      );
      expect(
        counts.reduce((sum, count) => sum + count, 0),
        state.files,
      );
    }),
  );

const common = {
  server: { latencyMs: 50 },
  against: 'bare undici: ten runs a document, all at once',
  aim: 1.5,
  most: { requests: 25 },
  sizes: { full: { runs: 200, files: 50 }, tiny: { runs: 3, files: 2 } },
  prepare,
  peer: aliased,
};

export const rows = [
  {
    ...common,
    name: 'walk-of-a-project',
    title: 'readdir, recursive, of 200 runs × 50 files, 50 ms',
    ours: ours(recursively),
  },
  {
    ...common,
    name: 'glob-of-a-project',
    title: 'glob of 200 runs × 50 files, 50 ms',
    ours: ours(byPattern),
  },
];
