import nodeFs from 'node:fs';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Union } from 'unionfs';
import { createWandbArtifactFs, createWandbFs, type WandbFs } from '../../index.js';
import { type FakeWandb, startFakeWandb } from '../../testing/index.js';
import type { Session } from '../session.js';
import { artifactTour } from './artifacts.js';
import { type Step, take } from './steps.js';

const RUN = 'demo/flowers/tour';
const MODEL = Buffer.alloc(
  4 << 20,
  Uint8Array.from({ length: 251 }, (_, index) => (index * 7) % 251),
);
const CONFIG = 'lr:\n  value: 0.1\n';
const PREDICTIONS = 400;

/**
 * A tour of the package against a local W&B server: prints what each step did and the requests that it cost. Rejects at
 * the first step that saw anything else than it should have, or that cost other requests, and where `signal` aborts.
 */
export async function runDemo({ out, signal }: Pick<Session, 'out' | 'signal'>): Promise<void> {
  const server = await startFakeWandb();
  const directory = await mkdtemp(join(await realpath(tmpdir()), 'wandb-fs-demo-'));
  const options = { baseUrl: server.url, apiKey: server.apiKey };
  // Nothing is sent before a step says so, however busy the machine is.
  const fs = createWandbFs({ ...options, writebackDelay: 60_000 });
  const artifacts = createWandbArtifactFs(options);
  const mounted = createWandbFs({ ...options, mountPoint: directory, root: RUN });
  const told = { server, out, signal };
  try {
    await server.seed({ [RUN]: seedFiles() });
    await writeFile(join(directory, 'train.py'), 'print("training")\n');
    await out.write(`A local W&B server with the run ${RUN}:\n\n`);
    await take(tour(fs, server), told);
    await out.write('\nArtifacts, as versions of a directory:\n\n');
    await take(artifactTour(artifacts), told);
    await out.write('\nThe same run laid over a real directory, through unionfs:\n\n');
    await take(unionTour(mounted, directory, server), told);
  } finally {
    await Promise.all([fs, artifacts, mounted].map(({ wandb }) => wandb.close()));
    await server.close();
    await rm(directory, { recursive: true });
  }
}

/** 501 files in 11 directories. */
function seedFiles(): Record<string, string | Uint8Array> {
  const images = Array.from({ length: 499 }, (_, index) => [
    `media/step-${index % 10}/${index}.txt`,
    `image ${index}`,
  ]);
  return { 'config.yaml': CONFIG, 'model.bin': MODEL, ...Object.fromEntries(images) };
}

const tour = (fs: WandbFs, server: FakeWandb): readonly Step[] => [
  {
    what: 'list it all: readdir(run, { recursive: true })',
    costs: '1 GraphQL',
    run: async () => [(await fs.promises.readdir(RUN, { recursive: true })).length, 501 + 11],
  },
  {
    what: 'ask again: stat, exists, a missing file, one more readdir',
    costs: 'none',
    run: async () => [
      [
        fs.statSync(`${RUN}/model.bin`).size,
        fs.existsSync(`${RUN}/media/step-3/3.txt`),
        fs.existsSync(`${RUN}/media/step-3/4.txt`),
        fs.readdirSync(`${RUN}/media`).length,
      ],
      [MODEL.length, true, false, 10],
    ],
  },
  {
    what: 'read a file, without a callback or a promise: readFileSync',
    costs: '1 GraphQL, 1 GET',
    run: async () => [fs.readFileSync(`${RUN}/config.yaml`, 'utf8'), CONFIG],
  },
  {
    what: 'stream 64 KiB out of the middle of 4 MiB: createReadStream',
    costs: '1 GraphQL, 1 GET',
    run: async () => {
      const start = 1 << 20;
      const end = start + (64 << 10);
      const bytes = await buffer(fs.createReadStream(`${RUN}/model.bin`, { start, end: end - 1 }));
      return [bytes, MODEL.subarray(start, end)];
    },
  },
  {
    what: `write ${PREDICTIONS} files: writeFile`,
    costs: 'none',
    run: async () => {
      await fs.promises.mkdir(`${RUN}/predictions`);
      for (let index = 0; index < PREDICTIONS; index++) {
        await fs.promises.writeFile(`${RUN}/predictions/${index}.json`, JSON.stringify({ index }));
      }
      return [(await fs.promises.readFile(`${RUN}/predictions/7.json`)).toString(), '{"index":7}'];
    },
  },
  {
    what: 'wait until they are on the server: fs.wandb.flush()',
    costs: `1 feature query, 2 GraphQL, ${PREDICTIONS} PUT`,
    run: async () => {
      await fs.wandb.flush();
      const names = Object.keys(await server.files(RUN)).filter((name) => name.startsWith('predictions/'));
      return [names.length, PREDICTIONS];
    },
  },
  {
    what: 'replace a file as editors do: write beside it, rename, flush',
    costs: '2 GraphQL, 1 PUT',
    run: async () => {
      await fs.promises.writeFile(`${RUN}/config.yaml.tmp`, 'lr:\n  value: 0.2\n');
      await fs.promises.rename(`${RUN}/config.yaml.tmp`, `${RUN}/config.yaml`);
      await fs.wandb.flush();
      const content = (await server.files(RUN))['config.yaml'];
      return [content && Buffer.from(content).toString(), 'lr:\n  value: 0.2\n'];
    },
  },
];

function unionTour(mounted: WandbFs, directory: string, server: FakeWandb): readonly Step[] {
  const union = new Union().use(nodeFs).use(mounted);
  return [
    {
      what: 'list both: readdirSync',
      costs: '1 GraphQL',
      run: async () => [
        union.readdirSync(directory),
        ['config.yaml', 'media', 'model.bin', 'predictions', 'train.py'],
      ],
    },
    {
      what: 'read the local file',
      costs: 'none',
      run: async () => [union.readFileSync(join(directory, 'train.py'), 'utf8'), 'print("training")\n'],
    },
    {
      what: "read the run's file",
      costs: '1 GraphQL, 1 GET',
      run: async () => [union.readFileSync(join(directory, 'media/step-1/1.txt'), 'utf8'), 'image 1'],
    },
    {
      what: 'look for something outside the mount',
      costs: 'none',
      run: async () => [union.existsSync(`${directory}-not-there`), false],
    },
    {
      what: 'write through it, and flush',
      costs: '1 feature query, 2 GraphQL, 1 PUT',
      run: async () => {
        union.writeFileSync(join(directory, 'notes.md'), '# Tour\n');
        await mounted.wandb.flush();
        const content = (await server.files(RUN))['notes.md'];
        return [content && Buffer.from(content).toString(), '# Tour\n'];
      },
    },
  ];
}
