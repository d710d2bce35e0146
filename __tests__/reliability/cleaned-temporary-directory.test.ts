import { readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WandbFs } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { makeRun, mount } from '../semantics/helpers/mounts.js';

const LARGE = 6_000_000;
/** More than the closed files whose fds stay open for a while. */
const MANY = 150;

const server = useServer(STANDARD);
let run: string;
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

describe('of content whose fd is not open any more, for so many others are', () => {
  /** On the disk from 4 KB on; what is clean is kept up to 16 KB. */
  const cacheBytes = 65_536;
  const SPOOLED = 8_000;
  const names = Array.from({ length: MANY }, (_, index) => `other${index}`);
  const writeOthers = async (fs: WandbFs): Promise<void> => {
    for (const name of names) await fs.promises.writeFile(`${run}/${name}`, Buffer.alloc(SPOOLED));
  };
  const removeOthers = async (fs: WandbFs): Promise<void> => {
    for (const name of names) await fs.promises.unlink(`${run}/${name}`);
  };

  test('what is on the server is fetched again', async () => {
    const fs = mount(server, { writebackDelay: 60_000, cacheBytes });
    await fs.promises.writeFile(`${run}/clean`, Buffer.alloc(SPOOLED, 3));
    await fs.wandb.flush();
    await writeOthers(fs);
    await server.requests({ clear: true });
    clean({ directories: false });
    const content = await fs.promises.readFile(`${run}/clean`);
    expect([content.length, content[0]]).toEqual([SPOOLED, 3]);
    expect((await server.requests()).filter(({ method }) => method === 'GET')).toHaveLength(1);
    await fs.promises.appendFile(`${run}/clean`, 'more');
    expect((await fs.promises.stat(`${run}/clean`)).size).toBe(SPOOLED + 4);
    await removeOthers(fs);
  });

  test('what is lost is named, and holds nobody else up; its name can be used again', async () => {
    const fs = mount(server, { writebackDelay: 60_000, cacheBytes });
    await fs.promises.writeFile(`${run}/lost`, Buffer.alloc(SPOOLED, 1));
    await writeOthers(fs);
    clean({ directories: false });
    await fs.promises.writeFile(`${run}/small`, 'small');
    const flushed = fs.wandb.flush();
    await expect(flushed).rejects.toMatchObject({ code: 'EIO', syscall: 'flush' });
    await expect(flushed).rejects.toThrow(
      `${run}/lost: The copy of the content in the temporary directory is gone`,
    );
    expect(Buffer.from((await server.files(run)).small ?? []).toString()).toBe('small');
    await expect(fs.promises.readFile(`${run}/lost`)).rejects.toMatchObject({ code: 'EIO', syscall: 'read' });
    fs.unlinkSync(`${run}/lost`);
    await removeOthers(fs);
    await fs.promises.writeFile(`${run}/lost`, 'found');
    await fs.wandb.flush();
    expect(Buffer.from((await server.files(run)).lost ?? []).toString()).toBe('found');
  });
});
