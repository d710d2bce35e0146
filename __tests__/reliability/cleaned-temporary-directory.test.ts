import { readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FakeWandb } from 'wandb-fs/testing';
import { startServer } from '../helpers/server.js';
import { makeRun, mount } from '../semantics/helpers/mounts.js';

const LARGE = 6_000_000;
/** More than the closed files whose fds stay open for a while. */
const MANY = 150;

let server: FakeWandb;
let run: string;
beforeAll(async () => {
  server = await startServer();
});
beforeEach(async () => {
  run = await makeRun(server);
});

/** Does what cleaners of the temporary directory do to files that nobody touched for a while. */
function clean(options: { readonly directories: boolean }): void {
  const spools = readdirSync(tmpdir()).filter((name) => name.startsWith(`wandb-fs-spool-${process.pid}`));
  expect(spools).not.toEqual([]);
  for (const spool of spools) {
    const directory = join(tmpdir(), spool);
    for (const file of readdirSync(directory)) rmSync(join(directory, file));
    if (options.directories) rmSync(directory, { recursive: true });
  }
}

test.each([{ directories: false }, { directories: true }])(
  'large content that waits for its upload arrives although a cleaner has removed its file (%o)',
  async (cleaned) => {
    const fs = mount(server, { writebackDelay: 60_000 });
    await fs.promises.writeFile(`${run}/large`, Buffer.alloc(LARGE, 1));
    await fs.promises.writeFile(`${run}/small`, 'small');
    clean(cleaned);
    await fs.promises.writeFile(`${run}/next`, Buffer.alloc(LARGE, 2));
    await fs.wandb.flush();
    const files = await server.files(run);
    expect(
      Object.entries(files)
        .map(([name, bytes]) => [name, bytes.length])
        .sort(),
    ).toEqual([
      ['large', LARGE],
      ['next', LARGE],
      ['small', 5],
    ]);
  },
);

test('content that is on the server is fetched again', async () => {
  const fs = mount(server, { cacheBytes: 32_000_000 });
  await fs.promises.writeFile(`${run}/clean`, Buffer.alloc(LARGE, 3));
  await fs.wandb.flush();
  // So many others that its fd isn't open any more.
  for (let i = 0; i < MANY; i++) await fs.promises.writeFile(`${run}/other${i}`, Buffer.alloc(2_100_000, i));
  clean({ directories: false });
  const content = await fs.promises.readFile(`${run}/clean`);
  expect([content.length, content[0]]).toEqual([LARGE, 3]);
  await fs.promises.appendFile(`${run}/clean`, 'more');
  expect((await fs.promises.stat(`${run}/clean`)).size).toBe(LARGE + 4);
});

test('content that is lost is named, and holds nobody else up; its name can be used again', async () => {
  const fs = mount(server, { writebackDelay: 60_000, cacheBytes: 32_000_000 });
  await fs.promises.writeFile(`${run}/lost`, Buffer.alloc(LARGE, 1));
  for (let i = 0; i < MANY; i++) await fs.promises.writeFile(`${run}/other${i}`, Buffer.alloc(2_100_000, i));
  clean({ directories: false });
  await fs.promises.writeFile(`${run}/small`, 'small');
  const failure: NodeJS.ErrnoException = await fs.wandb.flush().then(
    () => Promise.reject(new Error('it was flushed')),
    (error) => error,
  );
  expect(failure).toMatchObject({ code: 'EIO', syscall: 'flush' });
  expect(failure.message).toContain(
    `${run}/lost: The copy of the content in the temporary directory is gone`,
  );
  expect(Buffer.from((await server.files(run)).small ?? []).toString()).toBe('small');
  await expect(fs.promises.readFile(`${run}/lost`)).rejects.toMatchObject({ code: 'EIO', syscall: 'read' });
  fs.unlinkSync(`${run}/lost`);
  for (let i = 0; i < MANY; i++) await fs.promises.rm(`${run}/other${i}`, { force: true });
  await fs.promises.writeFile(`${run}/lost`, 'found');
  await fs.wandb.flush();
  expect(Buffer.from((await server.files(run)).lost ?? []).toString()).toBe('found');
});
