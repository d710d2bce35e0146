import { MessagePort } from 'node:worker_threads';
import { createWandbArtifactFs, createWandbFs, type WandbFs } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';

const FEW = 60;
const MANY = 10 * FEW;
/** Of ten times the files. */
const MOST = 11;

/** Pages and batches that even a few files fill: what is asked of many is more than one request. */
const limits = { page: 10, names: 10, ids: 10, files: 10, artifactFiles: 10 };
const wandb = useServer({ ...STANDARD, limits });

const namesOf = (count: number): string[] => Array.from({ length: count }, (_, at) => `d/f${at}.txt`);
const filesOf = (count: number) => Object.fromEntries(namesOf(count).map((name) => [name, name]));
const options = () => ({
  baseUrl: wandb.url,
  apiKey: wandb.apiKey,
  // Only `flush` sends, and nothing is listed again.
  writebackDelay: 3_600_000,
  listingTtl: 3_600_000,
});

interface Cost {
  readonly requests: number;
  readonly bytes: number;
  readonly messages: number;
}

/** What the work costs at the server, and in messages to the thread that speaks with it. */
async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  await wandb.requests({ clear: true });
  const sent = jest.spyOn(MessagePort.prototype, 'postMessage');
  try {
    await work();
    const messages = sent.mock.calls.length;
    const requests = await wandb.requests();
    return {
      requests: requests.length,
      bytes: requests.reduce((sum, { bytes }) => sum + bytes, 0),
      messages,
    };
  } finally {
    sent.mockRestore();
  }
}

type Work = (fs: WandbFs, path: string, count: number) => Promise<unknown>;

const write: Work = (fs, path, count) =>
  Promise.all(namesOf(count).map((name) => fs.promises.writeFile(`${path}/${name}`, name)));

async function globbed(fs: WandbFs, path: string): Promise<string[]> {
  const found: string[] = [];
  for await (const name of fs.promises.glob(`${path}/**/*.txt`)) found.push(name);
  return found;
}

/** What it is done with so many files costs, by an instance that has seen nothing of them. */
async function costsOf(count: number, kind: string, prepare: Work, work: Work): Promise<Cost> {
  const run = `team/project/${kind}-${count}`;
  await wandb.seed({ [run]: kind === 'read' ? filesOf(count) : {} });
  await using fs = createWandbFs(options());
  await prepare(fs, run, count);
  return await costOf(() => work(fs, run, count));
}

/** A message a file is what calls cost; the first few of them may share one, which says nothing of the others. */
const LEAST: Cost = { requests: 0, bytes: 0, messages: FEW };

function expectGrowth(few: Cost, many: Cost): void {
  const over = (['requests', 'bytes', 'messages'] as const).filter(
    (key) => many[key] > MOST * Math.max(few[key], LEAST[key]),
  );
  expect([over, few, many]).toEqual([[], few, many]);
}

const nothing: Work = async () => {};
const makeDirectory: Work = (fs, path) => fs.promises.mkdir(`${path}/d`);
const writeAll: Work = async (fs, path, count) => {
  await makeDirectory(fs, path, count);
  await write(fs, path, count);
};

test.each<[string, string, Work, Work]>([
  ['listing', 'read', nothing, (fs, path) => fs.promises.readdir(path, { recursive: true })],
  ['readdir', 'read', nothing, (fs, path) => fs.promises.readdir(`${path}/d`)],
  ['glob', 'read', nothing, globbed],
  [
    'stat',
    'read',
    nothing,
    (fs, path, count) => Promise.all(namesOf(count).map((name) => fs.promises.stat(`${path}/${name}`))),
  ],
  [
    'readFile',
    'read',
    nothing,
    (fs, path, count) => Promise.all(namesOf(count).map((name) => fs.promises.readFile(`${path}/${name}`))),
  ],
  ['queueing', 'queueing', makeDirectory, write],
  ['flushing', 'flushing', writeAll, (fs) => fs.wandb.flush()],
])('%s of ten times the files costs at most eleven times as much', async (_, kind, prepare, work) => {
  expectGrowth(await costsOf(FEW, kind, prepare, work), await costsOf(MANY, kind, prepare, work));
});

test('committing ten times the files costs at most eleven times as much', async () => {
  const commit = async (count: number): Promise<Cost> => {
    await using fs = createWandbArtifactFs(options());
    const draft = `team/project/dataset/set-${count}/draft`;
    await fs.promises.mkdir(`${draft}/d`, { recursive: true });
    await write(fs, draft, count);
    return await costOf(() => fs.wandb.commit(draft));
  };
  expectGrowth(await commit(FEW), await commit(MANY));
});
