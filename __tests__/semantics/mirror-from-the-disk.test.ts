import nodeFs, { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { WandbFs } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { filesOfRun, TREE, useDisk } from './helpers/mirror-ends.js';
import { makeRun, mount } from './helpers/mounts.js';
import { requestsOf } from './helpers/requests.js';

const server = useServer(STANDARD);
const { at, disk, write } = useDisk();
let fs: WandbFs;
let run: string;

beforeEach(async () => {
  fs = mount(server);
  run = await makeRun(server);
});
afterEach(() => server.faults([]));

describe('from the disk into a run', () => {
  test('copies what there is, and resolves when W&B has it', async () => {
    write(TREE);
    const done = await fs.wandb.mirror(disk(), run);
    expect(await filesOfRun(server, run)).toEqual(TREE);
    expect(done).toEqual({
      copied: Object.entries(TREE).map(([name, { length: size }]) => ({ name, size, isNew: true })),
      removed: [],
      same: 0,
      bytes: 3,
      leftOut: [],
    });
  });

  test('leaves what is there as it is without `force`', async () => {
    write({ 'a.txt': 'mine', 'b.txt': 'new' });
    await server.seed({ [run]: { 'a.txt': 'theirs' } });
    const done = await fs.wandb.mirror(disk(), run, { force: false });
    expect(done).toMatchObject({ copied: [{ name: 'b.txt' }], same: 1, bytes: 3 });
    expect(await filesOfRun(server, run)).toEqual({ 'a.txt': 'theirs', 'b.txt': 'new' });
  });

  test('sends nothing again that is the same, and removes only with `delete`', async () => {
    write(TREE);
    await fs.wandb.mirror(disk(), run);
    writeFileSync(at('a.txt'), 'A');
    rmSync(at('dir'), { recursive: true });
    const other = mount(server);
    const kept = await other.wandb.mirror(disk(), run);
    expect(kept).toMatchObject({ copied: [{ name: 'a.txt', isNew: false }], removed: [], same: 1 });
    expect(await filesOfRun(server, run)).toEqual({ ...TREE, 'a.txt': 'A' });
    const requests = await requestsOf(server, async () => {
      const removed = await other.wandb.mirror(disk(), run, { delete: true });
      expect(removed).toMatchObject({
        copied: [],
        removed: ['dir', 'dir/b c.txt', 'dir/deep', 'dir/deep/ä\n.txt'],
      });
    });
    expect(requests.filter(({ fields }) => fields.includes('deleteFiles'))).toHaveLength(1);
    expect(requests.filter(({ side }) => side === 'storage')).toEqual([]);
    expect(await filesOfRun(server, run)).toEqual({ 'a.txt': 'A', empty: '' });
    expect((await other.promises.readdir(run)).sort()).toEqual(['a.txt', 'empty']);
  });

  test('announces many files in few requests', async () => {
    write(
      Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`d${index % 7}/${index}`, `${index}`])),
    );
    const requests = await requestsOf(server, () => fs.wandb.mirror(disk(), run));
    expect(requests.filter(({ side }) => side === 'storage')).toHaveLength(300);
    expect(requests.filter(({ side }) => side === 'api').length).toBeLessThan(12);
  });

  test('tells of each file that failed, when all others are through, and removes nothing then', async () => {
    write({ ...TREE, 'bad 1': 'x', 'bad 2': 'y' });
    await fs.promises.writeFile(`${run}/old.txt`, 'old');
    await server.faults([{ match: { method: 'PUT', path: /bad/ }, status: 403, times: 1000 }]);
    const error: unknown = await fs.wandb
      .mirror(disk(), run, { delete: true })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AggregateError);
    expect(error).toMatchObject({
      code: 'EACCES',
      syscall: 'mirror',
      dest: run,
      errors: [{ path: expect.stringContaining('bad 1') }, { path: expect.stringContaining('bad 2') }],
    });
    expect(await filesOfRun(server, run)).toEqual({ ...TREE, 'old.txt': 'old' });
    await server.faults([]);
    expect(await fs.wandb.mirror(disk(), run, { delete: true })).toMatchObject({ removed: ['old.txt'] });
  });

  test('what a link on the disk leads to is copied; one to a directory around it, or to nothing, is told', async () => {
    write({ 'from/dir/a.txt': 'a' });
    symlinkSync('dir', at('from/same'));
    symlinkSync('dir/a.txt', at('from/file'));
    await fs.wandb.mirror(disk('from'), run);
    expect(await filesOfRun(server, run)).toEqual({ 'dir/a.txt': 'a', file: 'a', 'same/a.txt': 'a' });
    symlinkSync('nothing', at('from/broken'));
    await expect(fs.wandb.mirror(disk('from'), run)).rejects.toMatchObject({
      errors: [{ code: 'ENOENT', path: at('from/broken') }],
    });
    symlinkSync('..', at('from/dir/around'));
    await expect(fs.wandb.mirror(disk('from'), run)).rejects.toMatchObject({ code: 'ELOOP' });
  });

  test('a file that can not be read is told, and all others are copied', async () => {
    write({ 'a.txt': 'a', 'no.txt': 'n' });
    const reading = { ...nodeFs, open: failing } as unknown as typeof nodeFs;
    await expect(fs.wandb.mirror({ fs: reading, path: at('') }, run)).rejects.toMatchObject({
      code: 'EACCES',
      errors: [{ code: 'EACCES', path: at('no.txt') }],
    });
    expect(await filesOfRun(server, run)).toEqual({ 'a.txt': 'a' });

    function failing(path: string, ...rest: unknown[]): void {
      const error = Object.assign(new Error('EACCES: permission denied'), {
        code: 'EACCES',
        syscall: 'open',
        path,
      });
      const callback = rest.at(-1) as (error: Error) => void;
      if (path.endsWith('no.txt')) callback(error);
      else Reflect.apply(nodeFs.open, nodeFs, [path, ...rest]);
    }
  });
});
