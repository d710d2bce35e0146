import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createWandbFs } from 'wandb-fs';

const thrownBy = (call: () => unknown): unknown => {
  try {
    call();
    return null;
  } catch (error) {
    return error;
  }
};

/** A slow machine's start of a thread; what it would be without being told is the whole `syncTimeout`, two minutes. */
const SOON_MS = 20_000;
const OPTIONS = { baseUrl: 'http://127.0.0.1:9', apiKey: 'k'.repeat(40) };

describe("a `workerUrl` that isn't the I/O thread's file", () => {
  test.each([
    ['does nothing', 'other.mjs', 'it does something else'],
    ['goes on with something else', 'waiting.mjs', 'it does something else'],
    ['ends the thread', 'exiting.mjs', 'it has ended'],
    ['throws', 'throwing.mjs', 'of its own'],
    ['is no module', 'text.txt', 'Unknown file extension'],
    ['is the program itself', 'program.mjs', 'has no I/O thread of its own'],
  ])('but %s fails each call soon, and says what to bundle', async (_, name, reason) => {
    const fs = createWandbFs({ ...OPTIONS, workerUrl: pathToFileURL(join(__dirname, 'threads', name)) });
    const began = performance.now();
    const failure = thrownBy(() => fs.readdirSync('/'));
    expect(performance.now() - began).toBeLessThan(SOON_MS);
    expect(failure).toMatchObject({ code: 'ENOTSUP', message: expect.stringContaining("'wandb-fs/thread'") });
    expect(String((failure as Error).cause)).toContain(reason);
    await expect(fs.promises.readdir('/')).rejects.toMatchObject({ code: 'ENOTSUP' });
    await fs.wandb.close();
  });

  test('fails all that share the thread', async () => {
    const workerUrl = pathToFileURL(join(__dirname, 'threads/waiting.mjs'));
    const [first, second] = [
      createWandbFs({ ...OPTIONS, workerUrl }),
      createWandbFs({ ...OPTIONS, workerUrl }),
    ];
    const failing = expect(first.promises.readdir('/')).rejects.toMatchObject({ code: 'ENOTSUP' });
    const began = performance.now();
    expect(thrownBy(() => second.readdirSync('/'))).toMatchObject({ code: 'ENOTSUP' });
    expect(performance.now() - began).toBeLessThan(SOON_MS);
    await failing;
    await Promise.all([first.wandb.close(), second.wandb.close()]);
  });

  test('fails a flush of what waits, which is told as failed', async () => {
    const fs = createWandbFs({ ...OPTIONS, workerUrl: pathToFileURL(join(__dirname, 'threads/other.mjs')) });
    await expect(fs.promises.writeFile('e/p/r/f', 'x')).rejects.toMatchObject({ code: 'ENOTSUP' });
    await fs.wandb.flush();
    await fs.wandb.close();
  });
});
