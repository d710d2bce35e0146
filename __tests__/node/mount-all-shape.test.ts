import nodeFs from 'node:fs';
import { inspect } from 'node:util';
import { Failure } from '../../src/contract/failure.js';
import type { Kernel } from '../../src/kernel/syscalls.js';
import { makeFs, type WandbFs } from '../../src/node/faces/create.js';
import { asyncDispose } from '../../src/node/faces/node-version.js';
import { mountAll } from '../../src/node/mounts/mount-all.js';
import { RUNS } from '../../src/node/wandb/layouts.js';
import { diskKernel } from './support/disk-kernel.js';
import { type Mounts, makeMounts, makeTree, thrownBy } from './support/mounts.js';
import { inAnyNode } from './support/node-members.js';

let mounts: Mounts;
beforeEach(() => {
  mounts = makeMounts();
});
afterEach(() => mounts.remove());

describe('the fs object has the shape of node:fs', () => {
  test('every member of node:fs is there, own and enumerable, and nothing else but `wandb`', () => {
    const { fs } = mounts;
    expect(Object.keys(fs)).toEqual(expect.arrayContaining(Object.keys(nodeFs)));
    expect(Object.keys(fs.promises)).toEqual(expect.arrayContaining(Object.keys(nodeFs.promises)));
    // A member that any supported Node has is there on all of them, but for those that only that Node could make.
    const everywhere = ['glob', 'globSync', 'mkdtempDisposableSync', 'openAsBlobSync'];
    expect(Object.keys(fs)).toEqual(expect.arrayContaining(everywhere));
    expect(Object.keys(fs.promises)).toEqual(expect.arrayContaining(['glob', 'mkdtempDisposable']));
    const others = (members: object, node: object, list: 'fs' | 'fs.promises'): readonly string[] =>
      Object.keys(members).filter((name) => !(name in node) && !inAnyNode(list).has(name));
    expect(others(fs, nodeFs, 'fs')).toEqual(['wandb']);
    expect(others(fs.promises, nodeFs.promises, 'fs.promises')).toEqual([]);
  });

  test('a call that the base of an older Node lacks is one of the trees, and ENOTSUP in the base', async () => {
    const { fs } = mounts;
    const made = await fs.promises.mkdtempDisposable(mounts.at('wandb/runs/tmp-'));
    expect(fs.statSync(made.path).isDirectory()).toBe(true);
    await made.remove();
    expect(fs.existsSync(made.path)).toBe(false);
    if ('mkdtempDisposable' in nodeFs.promises) return;
    await expect(fs.promises.mkdtempDisposable(mounts.at('local/tmp-'))).rejects.toMatchObject({
      code: 'ENOTSUP',
    });
  });

  test('what is no function in node:fs is none here', () => {
    const kind = (of: object, name: string): string => typeof Reflect.get(of, name);
    for (const name of Object.keys(nodeFs))
      expect([name, kind(mounts.fs, name)]).toEqual([name, kind(nodeFs, name)]);
  });

  test('members work detached, and carry their names', async () => {
    const { readFileSync, createReadStream, promises, ...rest } = mounts.fs;
    const { readFile } = promises;
    expect(readFileSync(mounts.at('local/file.txt'), 'utf8')).toBe('of the disk');
    expect(await readFile(mounts.at('wandb/artifacts/model.bin'), 'utf8')).toBe('of the artifact');
    expect(await createReadStream(mounts.at('local/file.txt'), 'utf8').toArray()).toEqual(['of the disk']);
    const odd = Object.entries({ ...rest, ...promises }).filter(
      ([name, member]) => typeof member === 'function' && /^[a-z]/.test(name) && member.name !== name,
    );
    expect(odd.map(([name]) => name)).toEqual([]);
  });

  test('`promises` is one object, with the constants', () => {
    const { fs } = mounts;
    expect(fs.promises).toBe(fs.promises);
    expect(fs.promises.constants).toBe(nodeFs.constants);
    expect(fs.constants).toBe(nodeFs.constants);
    expect(Reflect.get(fs, 'F_OK')).toBe(0);
  });

  test('tools may add and replace members', () => {
    const { fs, at } = mounts;
    Object.defineProperty(fs, Symbol.for('a tool'), { value: 1, configurable: true });
    const opened: unknown[] = [];
    const { open } = fs;
    Object.assign(fs, {
      open: (...args: unknown[]) => {
        opened.push(args[0]);
        return Reflect.apply(open, fs, args);
      },
    });
    return fs
      .createReadStream(at('local/file.txt'))
      .toArray()
      .then(() => expect(opened).toEqual([at('local/file.txt')]));
  });

  test('a stream class can be applied to another object, as graceful-fs does', async () => {
    const { fs, at } = mounts;
    const stream = Object.create(fs.ReadStream.prototype) as nodeFs.ReadStream;
    Reflect.apply(fs.ReadStream, stream, [at('wandb/artifacts/model.bin'), { encoding: 'utf8' }]);
    expect(await stream.toArray()).toEqual(['of the artifact']);
  });

  test('a member that neither we nor the base know is refused by name', () => {
    const lacking = { ...nodeFs, cpSync: undefined, truncateSync: undefined } as unknown as typeof nodeFs;
    const fs = mountAll({ [mounts.at('wandb/runs')]: mounts.runs.fs }, lacking);
    expect(thrownBy(() => fs.truncateSync(mounts.at('local/file.txt')))).toMatchObject({
      code: 'ENOTSUP',
      syscall: 'truncateSync',
    });
  });
});

describe('mountAll refuses', () => {
  const of = (trees: unknown, base: unknown = nodeFs): Error =>
    thrownBy(() => mountAll(trees as Readonly<Record<string, WandbFs>>, base as typeof nodeFs));

  test.each(['runs', './runs', '', '/', '/a/', '/a//b', '/a/../b', '/a/.'])('the prefix %j', (prefix) => {
    const error = of({ [prefix]: mounts.runs.fs });
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
    expect(error.message).toContain("absolute, normalised and not '/'");
  });

  test('a tree that is none of ours, a copy of one included', () => {
    for (const tree of [nodeFs, { ...mounts.runs.fs }, mounts.fs, null, 'tree']) {
      const error = of({ '/runs': tree });
      expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
      expect(error.message).toContain("trees['/runs']");
    }
  });

  test('a tree that is mounted elsewhere', () => {
    const tree = makeTree(mounts.runs.directory, '/elsewhere').fs;
    const error = of({ '/runs': tree });
    expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' });
    expect(error.message).toContain("without a mountPoint, or with the mountPoint '/runs'");
    expect(error.message).toContain("Received '/elsewhere'");
  });

  test('what is no filesystem', () => {
    expect(of(null)).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    expect(of({}, {})).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  });
});

test('a tree whose mountPoint is its prefix is used as it is', () => {
  const tree = makeTree(mounts.runs.directory, '/runs');
  const fs = mountAll({ '/runs': tree.fs }, nodeFs);
  Object.assign(tree.fs, { readlinkSync: () => 'replaced' });
  expect(fs.readlinkSync('/runs/x')).toBe('replaced');
  expect(fs.readFileSync('/runs/e/p/r/file.txt', 'utf8')).toBe('of the run');
});

describe('`wandb` is for all trees', () => {
  test('and has no more than concerns them all', () => {
    expect(Object.keys(mounts.fs.wandb).sort()).toEqual(['close', 'flush', 'flushSync', 'uploads']);
    expect(Reflect.get(mounts.fs, asyncDispose)).toBe(mounts.fs.wandb.close);
  });

  test('flush flushes those that were used', async () => {
    const { fs, at, runs, artifacts } = mounts;
    fs.writeFileSync(at('wandb/runs/e/p/r/x'), 'x');
    await fs.wandb.flush();
    fs.wandb.flushSync();
    expect(runs.asked.filter((name) => name === 'flush')).toHaveLength(2);
    expect(artifacts.asked).toEqual([]);
  });

  test('close ends them under all their paths, and waits for calls on their way', async () => {
    const { fs, at, runs, artifacts } = mounts;
    const written = runs.fs.promises.writeFile('/e/p/r/late.txt', 'late');
    await fs.wandb.close();
    await written;
    expect(runs.asked).toContain('shutdown');
    expect(runs.asked.indexOf('shutdown')).toBeGreaterThan(runs.asked.indexOf('write'));
    expect(artifacts.asked).toEqual([]);
    expect(thrownBy(() => artifacts.fs.statSync('/'))).toMatchObject({ code: 'EBADF' });
    expect(thrownBy(() => fs.statSync(at('wandb/artifacts')))).toMatchObject({ code: 'EBADF' });
    expect(fs.readFileSync(at('local/file.txt'), 'utf8')).toBe('of the disk');
  });

  test('what fails in one tree is told when the others are done', async () => {
    const { fs: healthy, asked } = makeTree(mounts.runs.directory);
    const failing = (reason: string): WandbFs => {
      const flush = (): void => {
        throw new Failure('EIO', reason);
      };
      const connect = (): Kernel => ({ ...diskKernel(mounts.runs.directory), flush });
      return makeFs({ layout: RUNS, connect, appUrl: () => '' });
    };
    const fs = mountAll({ '/a': failing('One.'), '/b': failing('Two.'), '/c': healthy }, nodeFs);
    for (const name of ['a', 'b', 'c']) fs.existsSync(`/${name}/x`);
    const error = thrownBy(() => fs.wandb.flushSync());
    expect(error).toMatchObject({
      code: 'EIO',
      errors: [{ message: expect.stringContaining('One.') }, { message: expect.stringContaining('Two.') }],
    });
    await expect(fs.wandb.flush()).rejects.toMatchObject({ code: 'EIO' });
    expect(asked.filter((name) => name === 'flush')).toHaveLength(2);
  });
});

test('inspecting it shows no closure of its state', () => {
  expect(inspect(mounts.fs, { depth: 6, showHidden: true })).not.toContain('apiKey');
});
