import nodeFs from 'node:fs';
import { join } from 'node:path';
import { mountAll } from '../../src/node/mounts/mount-all.js';
import { type Calls, callsOf, errorOf, STYLES } from '../semantics/helpers/styles.js';
import { type Mounts, makeMounts } from './support/mounts.js';

let mounts: Mounts;
beforeEach(() => {
  mounts = makeMounts();
});
afterEach(() => mounts.remove());

describe.each(STYLES)('%s', (style) => {
  let call: Calls;
  beforeEach(() => {
    call = callsOf(mounts.fs, style);
  });

  test('cp of a directory above mount points copies what is mounted, too', async () => {
    const { fs, at } = mounts;
    await call('cp', at('wandb'), at('local/all'), { recursive: true });
    expect(nodeFs.readFileSync(at('local/all/runs/e/p/r/file.txt'), 'utf8')).toBe('of the run');
    expect(nodeFs.readFileSync(at('local/all/artifacts/model.bin'), 'utf8')).toBe('of the artifact');
    fs.mkdirSync(at('source/runs'), { recursive: true });
    fs.writeFileSync(at('source/runs/new.txt'), 'new');
    fs.writeFileSync(at('source/beside.txt'), 'beside');
    await call('cp', at('source'), at('wandb'), { recursive: true });
    expect(nodeFs.readFileSync(join(mounts.runs.directory, 'new.txt'), 'utf8')).toBe('new');
    expect(nodeFs.readFileSync(at('wandb/beside.txt'), 'utf8')).toBe('beside');
    const error = await errorOf(() => call('cp', mounts.top, at('wandb/runs/x'), { recursive: true }));
    expect(error).toMatchObject({ code: 'ERR_FS_CP_EINVAL' });
  });

  test('cp ends where names alone don’t tell that a directory would be copied into itself', async () => {
    const { at, runs } = mounts;
    const [one, other] = [at('one/runs'), at('other/deep/runs')];
    const twice = mountAll({ [one]: runs.fs, [other]: runs.fs }, nodeFs);
    const cp = (from: string, to: string): Promise<Error> => {
      let left = 20;
      const filter = (): boolean => left-- > 0;
      return errorOf(() => callsOf(twice, style)('cp', from, to, { recursive: true, filter }));
    };
    for (const [from, to] of [
      [join(one, 'e/p/r'), join(other, 'e/p/r')],
      [join(one, 'e/p/r'), join(other, 'e/p/r/in')],
      [join(one, 'e/p/r'), join(other, 'e/p/r/new/in')],
      [join(one, 'e'), join(other, 'e/p/r/in')],
      [at('one'), join(other, 'e/p/r/in')],
      [at('one'), other],
    ] as const) {
      expect(await cp(from, to)).toMatchObject({ code: 'ERR_FS_CP_EINVAL' });
    }
    nodeFs.rmSync(join(runs.directory, 'e/p/r/in'), { recursive: true });
    await callsOf(twice, style)('cp', join(one, 'e/p/r'), join(other, 'e/p/r2/in'), { recursive: true });
    expect(nodeFs.readdirSync(join(runs.directory, 'e/p/r2/in'))).toEqual(['file.txt']);
    expect(nodeFs.readdirSync(join(runs.directory, 'e/p/r'))).toEqual(['file.txt']);
  });

  test('cp from a tree is of one version, whatever becomes of the link to it', async () => {
    const { at, runs } = mounts;
    const p = join(runs.directory, 'e/p');
    nodeFs.writeFileSync(join(p, 'r/second.txt'), 'of the run');
    nodeFs.mkdirSync(join(p, 'r2'));
    for (const name of ['file.txt', 'second.txt']) nodeFs.writeFileSync(join(p, 'r2', name), 'of another');
    nodeFs.symlinkSync('r', join(p, 'latest'));
    const asked: string[] = [];
    const latest = at('wandb/runs/e/p/latest');
    const filter = (from: string): boolean => {
      // The first question comes before the walk begins.
      if (asked.push(from) === 2) {
        nodeFs.rmSync(join(p, 'latest'));
        nodeFs.symlinkSync('r2', join(p, 'latest'));
      }
      return true;
    };
    await call('cp', latest, at('local/copy'), { recursive: true, filter });
    expect(asked).toEqual([latest, join(latest, 'file.txt'), join(latest, 'second.txt')]);
    for (const name of ['file.txt', 'second.txt']) {
      expect(nodeFs.readFileSync(at(`local/copy/${name}`), 'utf8')).toBe('of the run');
    }
  });

  test('cp between filesystems refuses the options that Node refuses', async () => {
    const { at } = mounts;
    const [from, to] = [at('local'), at('wandb/runs/e/x')];
    const error = await errorOf(() => call('cp', from, to, { recursive: 1 }));
    expect(error).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  });
});

test('cp takes links along, or with `dereference` what they lead to', async () => {
  const { fs, at } = mounts;
  fs.symlinkSync('file.txt', at('local/link'));
  await fs.promises.cp(at('local'), at('wandb/runs/e/copy'), { recursive: true, dereference: true });
  expect(fs.readFileSync(at('wandb/runs/e/copy/link'), 'utf8')).toBe('of the disk');
  expect(fs.lstatSync(at('wandb/runs/e/copy/link')).isFile()).toBe(true);
  // Made absolute, as Node's cp does, the link would lead from the tree to the base.
  const error = await errorOf(() => fs.cpSync(at('local'), at('wandb/runs/e/other'), { recursive: true }));
  expect(error).toMatchObject({ code: 'EXDEV', syscall: 'symlink' });
  const options = { recursive: true, verbatimSymlinks: true };
  await fs.promises.cp(at('local'), at('wandb/runs/e/third'), options);
  expect(fs.readlinkSync(at('wandb/runs/e/third/link'))).toBe('file.txt');
});

test('a filter of cpSync may not promise', async () => {
  const { fs, at } = mounts;
  const filter = (async () => true) as unknown as () => boolean;
  const error = await errorOf(() => fs.cpSync(at('local/file.txt'), at('wandb/runs/e/x'), { filter }));
  expect(error).toMatchObject({ code: 'ERR_INVALID_RETURN_VALUE' });
  await fs.promises.cp(at('local/file.txt'), at('wandb/runs/e/x'), { filter: async () => false });
  expect(fs.existsSync(at('wandb/runs/e/x'))).toBe(false);
});
