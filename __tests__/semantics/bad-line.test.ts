import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { STANDARD, useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';
import { errorOf, errorsOf } from './helpers/styles.js';
import { contentOn, eventually } from './helpers/waiting.js';

const PUT = { side: 'storage', method: 'PUT' } as const;
const OTHER = `"${'0'.repeat(32)}"`;

const server = useServer(STANDARD);
let run: string;
beforeEach(async () => {
  run = await makeRun(server, { 'file.txt': 'old' });
});
afterEach(() => server.faults([]));

const elapsed = async (task: () => unknown): Promise<number> => {
  const began = performance.now();
  await task();
  return performance.now() - began;
};

async function deadUrl(): Promise<string> {
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  return `http://127.0.0.1:${port}`;
}

test('twenty calls at a dead server, one after another, end within five seconds', async () => {
  const fs = mount({ url: await deadUrl(), apiKey: server.apiKey });
  const took = await elapsed(() => {
    for (let call = 0; call < 20; call++) {
      expect(() => fs.statSync(`${run}/${call}`)).toThrow(expect.objectContaining({ code: 'ECONNREFUSED' }));
    }
  });
  expect(took).toBeLessThan(5000);
});

test('a storage that takes requests and never answers is ETIMEDOUT at `timeout`', async () => {
  const fs = mount(server, { timeout: 1000 });
  await fs.promises.readdir(run);
  await server.faults([{ match: { side: 'storage' }, times: Infinity, delayMs: 6000 }]);
  const took = await elapsed(async () => {
    for (const error of await errorsOf(fs, 'readFile', `${run}/file.txt`))
      expect(error).toMatchObject({ code: 'ETIMEDOUT' });
  });
  // Less than one answer of the storage takes.
  expect(took).toBeLessThan(6000);
});

test('an upload that the storage took as something else is sent again', async () => {
  const fs = mount(server);
  await server.faults([{ match: PUT, status: 200, headers: { etag: OTHER } }]);
  await fs.promises.writeFile(`${run}/file.txt`, 'new');
  await fs.wandb.flush();
  expect(await server.faults()).toEqual([]);
  await eventually(
    () => contentOn(server, run, 'file.txt'),
    (seen) => seen === 'new',
  );
});

test('an upload that the storage never takes as it is is EIO that says so, kept, and sent later', async () => {
  const fs = mount(server, { writebackDelay: 60_000 });
  await server.faults([{ match: PUT, times: Infinity, status: 200, headers: { etag: OTHER } }]);
  await fs.promises.writeFile(`${run}/new.txt`, 'new');
  const error = await errorOf(() => fs.wandb.flush());
  expect(error).toMatchObject({ code: 'EIO' });
  expect(error.message).toContain('took other bytes than were sent');
  expect(await fs.promises.readFile(`${run}/new.txt`, 'utf8')).toBe('new');
  await server.faults([]);
  await fs.wandb.flush();
  await eventually(
    () => contentOn(server, run, 'new.txt'),
    (seen) => seen === 'new',
  );
});

test('an upload address that is none is EPROTO, not tried again, and told as that', async () => {
  const fs = mount(server, { writebackDelay: 60_000 });
  const files = [{ name: 'new.txt', uploadUrl: 'nonsense' }];
  const body = JSON.stringify({ data: { createRunFiles: { runID: 'x', uploadHeaders: [], files } } });
  await server.faults([{ match: { operation: 'createRunFiles' }, status: 200, body }]);
  await fs.promises.writeFile(`${run}/new.txt`, 'new');
  const error = await errorOf(() => fs.wandb.flush());
  expect(error.message).toContain('The server gave no valid address to upload to');
  // The fault, which stands for one answer, is used; another attempt would have had the server's own.
  expect(await server.faults()).toEqual([]);
  await fs.wandb.flush();
});

test('an API that answers without data is EPROTO, with what to check', async () => {
  const fs = mount(server);
  await server.faults([{ times: Infinity, status: 200, body: '{}' }]);
  const error = await errorOf(() => fs.promises.readdir(run));
  expect(error).toMatchObject({ code: 'EPROTO' });
  expect(error.message).toContain('answered without data');
  expect(error.message).toContain(server.url);
});
