import { readdirSync, writeFileSync } from 'node:fs';
import type { MirrorProgress, WandbFs } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { filesOfRun, TREE, useDisk } from './helpers/mirror-ends.js';
import { makeRun, mount } from './helpers/mounts.js';

const server = useServer(STANDARD);
const { at, disk, write, filesIn } = useDisk();
let fs: WandbFs;
let run: string;

beforeEach(async () => {
  fs = mount(server);
  run = await makeRun(server, TREE);
});
afterEach(() => server.faults([]));

describe('from a run to the disk', () => {
  test('fetches what there is, and nothing again that is the same', async () => {
    await fs.wandb.mirror(run, disk());
    expect(filesIn()).toEqual(TREE);
    const other = mount(server);
    writeFileSync(at('a.txt'), 'X');
    write({ 'more/there.txt': 'stays' });
    expect(await other.wandb.mirror(run, disk())).toMatchObject({ copied: [{ name: 'a.txt' }], same: 3 });
    expect(other.wandb.counters().downloadedBytes).toBe(1);
    expect(filesIn()).toEqual({ ...TREE, 'more/there.txt': 'stays' });
    await other.wandb.mirror(run, disk(), { delete: true });
    expect(filesIn()).toEqual(TREE);
    expect(readdirSync(at(''))).not.toContain('more');
  });

  test('a dry run changes nothing, and tells what would be', async () => {
    write({ 'a.txt': 'other', 'gone.txt': 'x' });
    const options = { delete: true, dryRun: true };
    expect(await fs.wandb.mirror(`${run}/`, disk(), options)).toMatchObject({
      copied: Object.keys(TREE).map((name) => ({ name, isNew: name !== 'a.txt' })),
      removed: ['gone.txt'],
    });
    expect(filesIn()).toEqual({ 'a.txt': 'other', 'gone.txt': 'x' });
  });

  test('what stands in the way of the other kind goes with `delete`, and is refused without', async () => {
    write({ 'a.txt/file': 'in a directory', dir: 'a file' });
    await expect(fs.wandb.mirror(run, disk())).rejects.toMatchObject({ code: 'EISDIR', syscall: 'mirror' });
    expect(filesIn()).toEqual({ 'a.txt/file': 'in a directory', dir: 'a file' });
    await fs.wandb.mirror(run, disk(), { delete: true });
    expect(filesIn()).toEqual(TREE);
  });

  test('what `include` and `exclude` leave out is neither copied nor removed', async () => {
    write({ 'keep/me.log': 'x', 'old.txt': 'x' });
    await fs.wandb.mirror(run, disk(), { delete: true, include: ['*.txt'], exclude: ['deep'] });
    expect(filesIn()).toEqual({ 'a.txt': 'a', 'dir/b c.txt': 'b', 'keep/me.log': 'x' });
  });

  test('a content that W&B tells something else of is EIO, and what was there stays', async () => {
    write({ 'a.txt': 'before' });
    await server.faults([{ match: { side: 'storage', method: 'GET' }, isCorrupted: true, times: 1000 }]);
    const error: unknown = await fs.wandb.mirror(run, disk()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'EIO', errors: [{ code: 'EIO' }, { code: 'EIO' }, { code: 'EIO' }] });
    expect(filesIn()).toEqual({ 'a.txt': 'before', empty: '' });
  });

  test('tells how far it is, in files and bytes', async () => {
    const told: MirrorProgress[] = [];
    await fs.wandb.mirror(run, disk(), { onProgress: (progress) => told.push(progress) });
    const total = { filesTotal: 4, bytesTotal: 3 };
    expect(told.at(0)).toEqual({ files: 0, bytes: 0, ...total, transfer: null });
    expect(told.at(-1)).toEqual({ files: 4, bytes: 3, ...total, transfer: null });
    const ended = told.flatMap(({ transfer }) => (transfer?.isDone ? [transfer.name] : []));
    expect(ended.sort()).toEqual(Object.keys(TREE));
  });
});

test('large files that a mirror has begun are gone on with, with `resume`', async () => {
  const big = Buffer.alloc(8 << 20, 'mirror');
  run = await makeRun(server, { 'big.bin': big, 'small.txt': 'x' });
  const controller = new AbortController();
  const onProgress = ({ bytes }: MirrorProgress): void => {
    if (bytes > big.length / 2) controller.abort();
  };
  const options = { resume: true, signal: controller.signal, onProgress };
  await expect(fs.wandb.mirror(run, disk(), options)).rejects.toMatchObject({ name: 'AbortError' });
  const other = mount(server, { readAheadBytes: 0 });
  await other.wandb.mirror(run, disk(), { resume: true, delete: true });
  expect(other.wandb.counters().downloadedBytes).toBeLessThan(big.length * 0.75);
  expect(filesIn()).toEqual({ 'big.bin': big.toString(), 'small.txt': 'x' });
});

test('a signal ends it; what was written by then is sent, and the next mirror goes on', async () => {
  run = await makeRun(server);
  write(TREE);
  await server.faults([{ match: { method: 'PUT' }, delayAnswerMs: 300 }]);
  const controller = new AbortController();
  const onProgress = ({ transfer }: MirrorProgress): void => {
    if (transfer) controller.abort();
  };
  await expect(fs.wandb.mirror(disk(), run, { signal: controller.signal, onProgress })).rejects.toMatchObject(
    { name: 'AbortError', code: 'ABORT_ERR' },
  );
  const puts = async (): Promise<number> =>
    (await server.requests()).filter(({ method, side }) => side === 'storage' && method === 'PUT').length;
  await server.requests({ clear: true });
  expect(await fs.wandb.mirror(disk(), run)).toMatchObject({ copied: [], same: 4 });
  expect(await puts()).toBeLessThanOrEqual(4);
  expect(await filesOfRun(server, run)).toEqual(TREE);
});

test.each([
  ['what is not there', () => [`${run}/nothing`, disk()], 'ENOENT'],
  ['a directory to one in it', () => [run, `${run}/copy`], 'EINVAL'],
  ['a directory of the disk to one in it', () => [disk(), disk('copy')], 'EINVAL'],
  ['what is no path', () => [7, disk()], 'ERR_INVALID_ARG_TYPE'],
  ['with what is no filesystem', () => [run, { fs: {}, path: '/' }], 'ERR_INVALID_ARG_TYPE'],
  ['with an option that is none', () => [run, disk(), { remove: true }], 'ERR_INVALID_ARG_VALUE'],
  ['none at once', () => [run, disk(), { concurrency: 0 }], 'ERR_OUT_OF_RANGE'],
] as const)('%s is refused', async (_what, args, code) => {
  await expect(Reflect.apply(fs.wandb.mirror, fs.wandb, args())).rejects.toMatchObject({ code });
});
