import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BroadcastChannel, Worker } from 'node:worker_threads';
import { createWandbFs } from 'wandb-fs';
import type { FakeWandb } from 'wandb-fs/testing';
import { letGo, startTask } from '../../src/threads/own-threads.js';
import { startServer } from '../helpers/server.js';

const FILE = 'lab/project/run/a.txt';
let wandb: FakeWandb;

// An environment of its own, so that no threads of test files before are idle in it.
process.env.WANDB_FS_TEST_FILE = __filename;

beforeAll(async () => {
  wandb = await startServer();
  await wandb.seed({ 'lab/project/run': { 'a.txt': 'text' } });
});

const mounted = () => createWandbFs({ baseUrl: wandb.url, apiKey: wandb.apiKey });

async function readThroughMount(): Promise<string> {
  const fs = mounted();
  try {
    return await fs.promises.readFile(FILE, 'utf8');
  } finally {
    await fs.wandb.close();
  }
}

async function askElsewhere(): Promise<void> {
  const fs = createWandbFs({ baseUrl: `${wandb.url}/elsewhere`, apiKey: wandb.apiKey });
  await expect(fs.promises.readdir('/')).rejects.toThrow('baseUrl');
  await fs.wandb.close();
}

/** Node numbers threads in the order of their start. */
async function threadsStarted(work: () => Promise<unknown>): Promise<number> {
  const next = (): number => {
    const worker = new Worker('', { eval: true });
    return worker.threadId;
  };
  const before = next();
  await work();
  return next() - before - 1;
}

describe('the thread of a mount that was closed', () => {
  test('serves the next one', async () => {
    await readThroughMount();
    const started = await threadsStarted(async () => {
      for (let i = 0; i < 5; i++) expect(await readThroughMount()).toBe('text');
    });
    expect(started).toBe(0);
  });

  test('serves one of another server', async () => {
    await readThroughMount();
    expect(await threadsStarted(askElsewhere)).toBe(0);
    expect(await readThroughMount()).toBe('text');
  });

  test('is not for a mount of another server as long as it has one', async () => {
    const fs = mounted();
    expect(await fs.promises.readFile(FILE, 'utf8')).toBe('text');
    expect(await threadsStarted(askElsewhere)).toBe(1);
    await fs.wandb.close();
  });

  test.each(['exit', 'throw'])(
    'may die by %s while it waits: neither the process nor the next mount minds',
    async (how) => {
      const workerUrl = pathToFileURL(join(__dirname, 'threads/ending-late.mjs'));
      const first = createWandbFs({ baseUrl: wandb.url, apiKey: wandb.apiKey, workerUrl });
      await first.promises.readdir('/');
      await first.wandb.close();
      const channel = new BroadcastChannel('ending-late');
      const ended = new Promise((resolve) => {
        channel.onmessage = resolve;
      });
      channel.postMessage(how);
      await ended;
      channel.close();
      const next = createWandbFs({ baseUrl: wandb.url, apiKey: wandb.apiKey, workerUrl, syncTimeout: 5000 });
      expect(next.readFileSync(FILE, 'utf8')).toBe('text');
      await next.wandb.close();
    },
  );

  test('is not for a mount in another environment', async () => {
    await readThroughMount();
    process.env.WANDB_FS_ANOTHER = '1';
    try {
      expect(await threadsStarted(readThroughMount)).toBe(1);
    } finally {
      delete process.env.WANDB_FS_ANOTHER;
    }
  });

  test('ends when it is given a task that can not be sent', async () => {
    const file = pathToFileURL(join(__dirname, 'threads/idling.mjs'));
    const kind = { file, name: 'idling' };
    const worker = startTask(kind, null);
    await once(worker, 'message');
    letGo(worker);
    const ended = once(worker, 'exit');
    expect(() => startTask(kind, () => {})).toThrow('could not be cloned');
    await ended;
  });

  test('ends after two seconds, though whoever would take it was blocked meanwhile', async () => {
    await readThroughMount();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
    const fs = mounted();
    expect(fs.readFileSync(FILE, 'utf8')).toBe('text');
    await fs.wandb.close();
  });
});
