import { STANDARD, useServer } from '../helpers/server.js';
import { makeRun, mount } from '../semantics/helpers/mounts.js';
import { eventually } from '../semantics/helpers/waiting.js';

/** Large enough for the spool; each content is one byte repeated. */
const LARGE = 6_000_000;
const large = (byte: number): Buffer => Buffer.alloc(LARGE, byte);

const server = useServer(STANDARD);
let run: string;
beforeEach(async () => {
  run = await makeRun(server, { ckpt: 'first' });
});
afterEach(() => server.faults([]));

/** Resolves when the body of a PUT has come to the storage. */
const putHasCome = () =>
  eventually(
    () => server.requests(),
    (requests) => requests.some(({ side, method }) => side === 'storage' && method === 'PUT'),
  );

const filesOf = async (): Promise<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(await server.files(run)).map(([name, bytes]) => [name, `${bytes.length} × ${bytes[0]}`]),
  );

/** Holds the storage's answer to PUTs back, so that something can happen while they are on their way. */
const slowPuts = async (times: number, fault: { drop?: 'after'; status?: number } = {}): Promise<void> => {
  await server.requests({ clear: true });
  await server.faults([{ match: { side: 'storage', method: 'PUT' }, times, delayAnswerMs: 500, ...fault }]);
};

test('a large file that is rewritten twice while its first upload breaks arrives as it was last, and so do others', async () => {
  const fs = mount(server, { writebackDelay: 0 });
  await slowPuts(1, { drop: 'after' });
  await fs.promises.writeFile(`${run}/ckpt`, large(1));
  await putHasCome();
  await fs.promises.writeFile(`${run}/ckpt`, large(2));
  await fs.promises.writeFile(`${run}/ckpt`, large(3));
  for (let i = 0; i < 10; i++) await fs.promises.writeFile(`${run}/metrics${i}`, 'xyz');
  await fs.wandb.flush();
  const files = await filesOf();
  expect(files.ckpt).toBe(`${LARGE} × 3`);
  expect(Object.keys(files)).toHaveLength(11);
});

test('a large file is renamed while its upload is on its way', async () => {
  const fs = mount(server, { writebackDelay: 0 });
  await slowPuts(100);
  await fs.promises.writeFile(`${run}/ckpt`, large(7));
  await putHasCome();
  await fs.promises.rename(`${run}/ckpt`, `${run}/ckpt.1`);
  expect(await fs.promises.readdir(run)).toEqual(['ckpt.1']);
  await fs.wandb.flush();
  expect(await filesOf()).toEqual({ 'ckpt.1': `${LARGE} × 7` });
});

test('two flushes at once after a failed upload of a large file send it once, and both succeed', async () => {
  const fs = mount(server);
  await server.faults([{ match: { side: 'storage', method: 'PUT' }, times: 2, status: 403 }]);
  const failed = new Promise((resolve) => fs.wandb.uploads.once('failed', resolve));
  await fs.promises.writeFile(`${run}/ckpt`, large(1));
  await expect(fs.wandb.flush()).rejects.toMatchObject({ code: 'EIO' });
  await failed;
  await slowPuts(1);
  const first = fs.wandb.flush();
  await putHasCome();
  await Promise.all([first, fs.wandb.flush()]);
  expect((await server.requests()).filter(({ method }) => method === 'PUT')).toHaveLength(1);
  expect(await filesOf()).toEqual({ ckpt: `${LARGE} × 1` });
});

test('a file that is open and written to meanwhile is uploaded as it was when it was handed over', async () => {
  const fs = mount(server, { writebackDelay: 0 });
  const handle = await fs.promises.open(`${run}/ckpt`, 'w+');
  await handle.writeFile(large(1));
  await slowPuts(1);
  const synced = handle.sync();
  await putHasCome();
  await handle.write(large(2), 0, LARGE, 0);
  await synced;
  expect(await filesOf()).toEqual({ ckpt: `${LARGE} × 1` });
  await handle.close();
  await fs.wandb.flush();
  expect(await filesOf()).toEqual({ ckpt: `${LARGE} × 2` });
});
