import { createWandbArtifactFs } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { connect, makeRun, mount } from '../semantics/helpers/mounts.js';

/** memfs holds no more than ten thousand open files. */
const MANY = Number(process.env.WANDB_FS_TEST_FILES ?? 10_500);

const server = useServer(STANDARD);

test(`${MANY} small files are created and flushed by one instance`, async () => {
  const run = await makeRun(server);
  const fs = mount(server, { writebackDelay: 60_000 });
  for (let i = 0; i < MANY; i++) fs.writeFileSync(`${run}/f${i}`, 'v');
  await fs.wandb.flush();
  expect(Object.keys(await server.files(run))).toHaveLength(MANY);
}, 600_000);

test('a draft of more files than memfs can hold open becomes a version', async () => {
  const fs = createWandbArtifactFs({ baseUrl: server.url, apiKey: server.apiKey });
  const draft = '/team/project/dataset/many/draft';
  fs.mkdirSync(draft, { recursive: true });
  for (let i = 0; i < 10_050; i++) fs.writeFileSync(`${draft}/f${i}`, `v${i % 100}`);
  expect(await fs.wandb.commit(draft)).toMatchObject({ version: 'v0' });
  await fs.wandb.close();
}, 600_000);

test('400 appends to a file of 3 MB cost no copy of it each', async () => {
  const run = await makeRun(server);
  const fs = mount(server);
  fs.writeFileSync(`${run}/log`, Buffer.alloc(3 << 20));
  await fs.wandb.flush();
  // One doubles the buffer that memfs has of it.
  fs.appendFileSync(`${run}/log`, 'line\n');
  const before = process.memoryUsage();
  for (let i = 0; i < 400; i++) fs.appendFileSync(`${run}/log`, 'line\n');
  const after = process.memoryUsage();
  expect(after.arrayBuffers + after.external - before.arrayBuffers - before.external).toBeLessThan(20 << 20);
  await fs.wandb.flush();
  expect((await server.files(run)).log).toHaveLength((3 << 20) + 401 * 5);
});

test('files of 30 runs are flushed without a warning of leaking listeners', async () => {
  const warnings: Error[] = [];
  const hear = (warning: Error): void => void warnings.push(warning);
  process.on('warning', hear);
  try {
    const fs = connect(server, { sync: 'off' });
    for (let i = 0; i < 30; i++) await fs.promises.writeFile(`${await makeRun(server)}/file`, 'content');
    await fs.wandb.flush();
    await fs.wandb.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual([]);
  } finally {
    process.off('warning', hear);
  }
});
