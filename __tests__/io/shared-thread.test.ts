import { Worker } from 'node:worker_threads';
import { createWandbFs, type WandbFs, type WandbFsOptions } from 'wandb-fs';
import { packageRoot, runWell } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { contentOn } from '../semantics/helpers/waiting.js';
import { threadNamed } from './helpers/threaded.js';

const RUN = 'e/p/r';
const server = useServer({ ...STANDARD, viewer: { entity: 'e' } });
const mounted: WandbFs[] = [];

// An environment of its own, so that no threads of test files before are idle in it.
process.env.WANDB_FS_TEST_FILE = __filename;

beforeEach(() => server.seed({ [RUN]: { 'a.txt': 'text' } }));
afterEach(async () => {
  await Promise.all(mounted.splice(0).map((fs) => fs.wandb.close()));
});

function mount(options: WandbFsOptions = {}): WandbFs {
  const fs = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey, ...options });
  mounted.push(fs);
  return fs;
}

/** Node numbers threads in the order of their start. */
const nextThread = (): number => new Worker('', { eval: true }).threadId;

test('instances of one server share a thread, read and write through it at once, and close it for none but themselves', async () => {
  const first = mount();
  expect(first.readFileSync(`${RUN}/a.txt`, 'utf8')).toBe('text');
  const before = nextThread();
  const others = Array.from({ length: 20 }, () => mount());
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);
  process.on('warning', onWarning);
  try {
    await Promise.all(
      others.map(async (fs, index) => {
        expect(fs.readFileSync(`${RUN}/a.txt`, 'utf8')).toBe('text');
        await fs.promises.writeFile(`${RUN}/${index}.txt`, `${index}`);
        await fs.wandb.close();
        expect(await contentOn(server, RUN, `${index}.txt`)).toBe(`${index}`);
      }),
    );
  } finally {
    process.off('warning', onWarning);
  }
  expect(nextThread() - before - 1).toBe(0);
  expect(warnings).toEqual([]);
  await first.wandb.refresh(RUN);
  expect(first.readdirSync(RUN)).toHaveLength(21);
});

test('an instance of a sync call that waits is not kept from it by the uploads of another', async () => {
  const [one, other] = [mount({ writebackDelay: 0 }), mount()];
  for (let i = 0; i < 200; i++) one.writeFileSync(`${RUN}/many-${i}`, Buffer.alloc(1000, i));
  expect(other.readFileSync(`${RUN}/a.txt`, 'utf8')).toBe('text');
  await one.wandb.flush();
});

test('a thread that dies is replaced for each of them: nothing that they have handed over is lost', async () => {
  const options = { workerUrl: threadNamed('dying.mjs'), writebackDelay: 60_000 };
  const fss = [mount(options), mount(options), mount(options)] as const;
  for (const [index, fs] of fss.entries()) await fs.promises.writeFile(`${RUN}/of-${index}.txt`, `${index}`);
  const before = nextThread();
  // The one whose call was under way is told.
  await expect(fss[0].promises.mkdir('e/p/exit')).rejects.toMatchObject({ code: 'EIO' });
  await Promise.all(fss.map((fs) => fs.wandb.flush()));
  for (const index of fss.keys()) expect(await contentOn(server, RUN, `of-${index}.txt`)).toBe(`${index}`);
  expect(nextThread() - before - 1).toBe(1);
});

test('those that nobody closes keep no process alive', async () => {
  const program = `
    import { createWandbFs } from 'wandb-fs';
    const mounts = [1, 2, 3].map(() => createWandbFs(${JSON.stringify({ baseUrl: server.url, apiKey: server.apiKey })}));
    for (const [index, fs] of mounts.entries()) await fs.promises.writeFile('${RUN}/left-' + index, 'x');
    await mounts[1].wandb.close();
    process.stdout.write('written');
  `;
  const args = ['--input-type=module', '--eval', program];
  expect(await runWell(process.execPath, args, { cwd: packageRoot })).toBe('written');
  for (const index of [0, 1, 2]) expect(await contentOn(server, RUN, `left-${index}`)).toBe('x');
});
