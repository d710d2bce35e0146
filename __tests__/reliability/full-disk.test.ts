import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Overlay } from '../../src/kernel/content/local/overlay.js';
import { diskVolume, onDisk } from '../../src/kernel/content/local/volumes.js';
import { Inode } from '../../src/kernel/namespace/inode.js';
import { packageRoot, runWell } from '../helpers/processes.js';
import { STANDARD, startServer } from '../helpers/server.js';
import { codeOf } from '../kernel/helpers/mount.js';
import { makeRun } from '../semantics/helpers/mounts.js';

const SIZE = 4000;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wandb-fs-full-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const fds = (): number => readdirSync('/proc/self/fd').length;

/** Content on a disk that is full whenever a test says so: its files are the system's own full one then. */
function fillable() {
  let serial = 0;
  const disk = { isFull: false };
  const place = {
    volume: diskVolume(onDisk),
    newPath: () => {
      const path = join(directory, String(++serial));
      if (disk.isFull) symlinkSync('/dev/full', path);
      return path;
    },
    close: () => {},
  };
  const overlay = new Overlay({ cacheBytes: 1024 }, place);
  const inode = new Inode('file', null);
  overlay.give(inode, overlay.makeEmpty());
  overlay.write(inode, Buffer.alloc(SIZE, 'a'), 0);
  return { overlay, inode, disk };
}

test('a copy that the disk refuses leaves no fd and no file behind, and the content as it was', () => {
  const { overlay, inode, disk } = fillable();
  const snapshot = overlay.snapshot(inode);
  const before = { fds: fds(), files: readdirSync(directory), bytes: overlay.files.spooledBytes };
  disk.isFull = true;
  for (let i = 0; i < 20; i++) {
    // What the snapshot covers is to be changed: it needs a copy.
    expect(codeOf(() => overlay.write(inode, Buffer.from('b'), 0))).toBe('ENOSPC');
  }
  expect({ fds: fds(), files: readdirSync(directory), bytes: overlay.files.spooledBytes }).toEqual(before);
  const read = Buffer.alloc(SIZE);
  expect(overlay.read(inode, read, 0)).toBe(SIZE);
  expect(read.equals(Buffer.alloc(SIZE, 'a'))).toBe(true);
  disk.isFull = false;
  snapshot.release();
  expect(overlay.write(inode, Buffer.from('b'), 0)).toBe(1);
  overlay.files.close();
});

test('a file that the disk takes none of is not created, and the error has the path of the caller', async () => {
  const server = await startServer(STANDARD);
  const run = await makeRun(server);
  const stdout = await runWell(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `import { createWandbFs } from 'wandb-fs';
       const fs = createWandbFs({ cacheBytes: 65536 });
       const told = ({ code, errno, syscall, path, message }) => ({ code, errno, syscall, path, message });
       for (let i = 0; i < 3; i++) fs.writeFileSync('${run}/in-memory', 'x');
       try { fs.writeFileSync('${run}/large', 'x'.repeat(5000)); } catch (error) { console.log(JSON.stringify(told(error))); }
       console.log(fs.readdirSync('${run}'), fs.statSync('${run}/in-memory').size);
       fs.unlinkSync('${run}/large');
       await fs.wandb.close();`,
    ],
    {
      cwd: packageRoot,
      env: { WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey, TMPDIR: join(directory, 'gone') },
    },
  );
  const [error = '', state] = stdout.split('\n');
  expect(JSON.parse(error)).toMatchObject({ code: 'EIO', syscall: 'write' });
  expect(error).toContain(`The temporary directory ${join(directory, 'gone')} can't be used`);
  expect(error).not.toContain('wandb-fs-spool');
  expect(state).toBe("[ 'in-memory', 'large' ] 1");
});
