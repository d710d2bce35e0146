import nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expectEqual } from '../helpers/equal.js';
import { COLLECTION, DRAFT, mountVersions, STORED_COLLECTION } from './helpers/mount-versions.js';

type Fs = typeof nodeFs;
type Step = { readonly what: string; run(fs: Fs, base: string): Promise<unknown> };

const name = fc.constantFrom('a', 'b', 'd', 'd/a', 'd/e', 'd/e/a', 'a.txt', 'dir', 'dir/b.txt');
const text = fc.constantFrom('', 'x', 'longer text');

const unary = (what: string, run: (fs: Fs, path: string) => Promise<unknown>): fc.Arbitrary<Step> =>
  name.map((path) => ({ what: `${what} ${path}`, run: (fs, base) => run(fs, join(base, path)) }));

const withText = (what: string, run: (fs: Fs, path: string, text: string) => Promise<unknown>) =>
  fc.tuple(name, text).map(
    ([path, content]): Step => ({
      what: `${what} ${path} '${content}'`,
      run: (fs, base) => run(fs, join(base, path), content),
    }),
  );

const binary = (what: string, run: (fs: Fs, from: string, to: string) => Promise<unknown>) =>
  fc.tuple(name, name).map(
    ([from, to]): Step => ({
      what: `${what} ${from} ${to}`,
      run: (fs, base) => run(fs, join(base, from), join(base, to)),
    }),
  );

const step = fc.oneof(
  withText('write', (fs, path, content) => fs.promises.writeFile(path, content)),
  withText('append', (fs, path, content) => fs.promises.appendFile(path, content)),
  unary('read', (fs, path) => fs.promises.readFile(path, 'utf8')),
  unary('truncate', (fs, path) => fs.promises.truncate(path, 3)),
  unary('mkdir', (fs, path) => fs.promises.mkdir(path)),
  unary('rmdir', (fs, path) => fs.promises.rmdir(path)),
  unary('unlink', (fs, path) => fs.promises.unlink(path)),
  unary('rm', (fs, path) => fs.promises.rm(path, { recursive: true })),
  unary('readdir', async (fs, path) => (await fs.promises.readdir(path)).sort()),
  unary('stat', async (fs, path) => {
    const stats = await fs.promises.lstat(path);
    return stats.isFile() ? stats.size : 'directory';
  }),
  binary('rename', (fs, from, to) => fs.promises.rename(from, to)),
  binary('copyFile', async (fs, from, to) => {
    // libuv removes the destination where the source is a directory; nobody should.
    if ((await fs.promises.stat(from)).isDirectory()) return 'EISDIR';
    return fs.promises.copyFile(from, to);
  }),
);

/** What came of a step; of an error its code. */
async function outcome({ run }: Step, fs: Fs, base: string): Promise<unknown> {
  try {
    return (await run(fs, base)) ?? 'done';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

async function contents(fs: Fs, base: string): Promise<Record<string, string | null>> {
  const found: Record<string, string | null> = {};
  for (const path of (await fs.promises.readdir(base, { recursive: true })).sort()) {
    const isFile = (await fs.promises.lstat(join(base, path))).isFile();
    found[path] = isFile ? await fs.promises.readFile(join(base, path), 'utf8') : null;
  }
  return found;
}

test('a draft that was copied from a version behaves as a directory of the disk does, and commits what it holds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const disk = nodeFs.mkdtempSync(join(tmpdir(), 'wandb-fs-drafts-'));
      try {
        nodeFs.mkdirSync(join(disk, 'dir'));
        nodeFs.writeFileSync(join(disk, 'a.txt'), 'first');
        nodeFs.writeFileSync(join(disk, 'dir/b.txt'), 'deep');
        const { fs, store } = mountVersions();
        await fs.promises.cp(`${COLLECTION}/v0`, DRAFT, { recursive: true });
        for (const each of steps) {
          const [ours, node] = [await outcome(each, fs, DRAFT), await outcome(each, nodeFs, disk)];
          expectEqual([each.what, ours], [each.what, node]);
        }
        const held = await contents(nodeFs, disk);
        expect(await contents(fs, DRAFT)).toEqual(held);
        await fs.wandb.commit(DRAFT);
        const files = Object.entries(held).filter(([, content]) => content !== null);
        const committed = [...(store.collections.get(STORED_COLLECTION)?.versions.get('v2') ?? [])];
        expect(Object.fromEntries(committed.map(([path, { bytes }]) => [path, bytes]))).toEqual(
          Object.fromEntries(files),
        );
        expect(store.log.filter((line) => line.startsWith('remove') || line.startsWith('symlink'))).toEqual(
          [],
        );
      } finally {
        nodeFs.rmSync(disk, { recursive: true });
      }
    }),
    { numRuns: Number(process.env.WANDB_FS_MODEL_RUNS ?? 150) },
  );
});
