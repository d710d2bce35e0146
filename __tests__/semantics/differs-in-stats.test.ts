import nodeFs from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../helpers/directories.js';
import { useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';

/**
 * What `stat` tells. These are named after rows of 'What differs from a local disk' in docs/SEMANTICS.md;
 * `__tests__/package/semantics-rows.test.ts` holds the names together.
 */
describe('what differs from a local disk', () => {
  const server = useServer();
  let disk: string;
  beforeEach(async () => {
    disk = await makeDirectory();
  });

  test('times of a directory inside a run', async () => {
    nodeFs.mkdirSync(join(disk, 'run/dir'), { recursive: true });
    nodeFs.utimesSync(join(disk, 'run/dir'), 1, 2);
    expect(nodeFs.statSync(join(disk, 'run/dir')).mtimeMs).toBe(2000);
    expect(nodeFs.statSync(join(disk, 'run')).mtimeMs).toBeGreaterThan(2000);
    nodeFs.writeFileSync(join(disk, 'run/dir/file'), 'x');
    expect(nodeFs.statSync(join(disk, 'run/dir')).mtimeMs).toBeGreaterThan(2000);

    const run = await makeRun(server, { 'dir/sub/file': 'x' });
    const fs = mount(server);
    const timesOf = (path: string): readonly number[] => {
      const { atimeMs, mtimeMs, ctimeMs, birthtimeMs } = fs.statSync(path);
      return [atimeMs, mtimeMs, ctimeMs, birthtimeMs];
    };
    const times = timesOf(run);
    for (const name of ['dir', 'dir/sub']) expect(timesOf(`${run}/${name}`)).toEqual(times);
    const start = Date.now();
    fs.mkdirSync(`${run}/made`);
    const made = timesOf(`${run}/made`);
    expect(made[1]).toBeGreaterThanOrEqual(start);
    while (Date.now() === made[1]);
    for (const name of ['dir', 'made']) fs.writeFileSync(`${run}/${name}/new`, 'x');
    for (const name of ['dir', 'made']) {
      expect(timesOf(`${run}/${name}`)[1]).toBeGreaterThan(made[1] ?? 0);
      expect(timesOf(`${run}/${name}`)[3]).toBe(times[3]);
    }
  });

  test('`atime`', async () => {
    // Whether a read moves it is the mount's affair; that it is a time of its own isn't.
    nodeFs.writeFileSync(join(disk, 'file'), 'x');
    nodeFs.utimesSync(join(disk, 'file'), 10, 20);
    nodeFs.appendFileSync(join(disk, 'file'), 'x');
    const { atimeMs, mtimeMs } = nodeFs.statSync(join(disk, 'file'));
    expect(atimeMs).toBeLessThan(mtimeMs);

    const run = await makeRun(server, { file: 'x' });
    const fs = mount(server);
    const path = `${run}/file`;
    const isOne = ({ atimeMs, mtimeMs }: nodeFs.Stats): boolean => atimeMs === mtimeMs;
    const listed = fs.statSync(path);
    fs.readFileSync(path);
    expect(fs.statSync(path).atimeMs).toBe(listed.atimeMs);
    fs.appendFileSync(path, 'x');
    const written = fs.statSync(path);
    expect([listed, written].every(isOne)).toBe(true);
    expect(written.atimeMs).toBeGreaterThan(listed.atimeMs);
    fs.utimesSync(path, 10, 20);
    expect(fs.statSync(path)).toMatchObject({ atimeMs: 10_000, mtimeMs: 20_000 });
    fs.appendFileSync(path, 'x');
    expect(fs.statSync(path).atimeMs).toBe(10_000);
  });

  test('`nlink`', async () => {
    nodeFs.writeFileSync(join(disk, 'file'), 'x');
    nodeFs.linkSync(join(disk, 'file'), join(disk, 'hard'));
    expect(nodeFs.statSync(join(disk, 'file')).nlink).toBe(2);

    const run = await makeRun(server, { file: 'x', 'dir/sub/file': 'x' });
    const fs = mount(server);
    for (const name of ['', 'file', 'dir']) expect(fs.statSync(`${run}/${name}`).nlink).toBe(1);
    const fd = fs.openSync(`${run}/file`, 'r');
    expect(fs.fstatSync(fd).nlink).toBe(1);
    fs.unlinkSync(`${run}/file`);
    expect(fs.fstatSync(fd).nlink).toBe(0);
    fs.closeSync(fd);
  });
});
