import { inspect } from 'node:util';
import { noCounters } from '../../src/contract/counters.js';
import { Failure } from '../../src/contract/failure.js';
import type { KernelEvent } from '../../src/contract/remote.js';
import { treePath } from '../../src/contract/tree-path.js';
import type { Kernel } from '../../src/kernel/syscalls.js';
import { type FsOptions, makeFs, type WandbFs } from '../../src/node/faces/create.js';
import { asyncDispose } from '../../src/node/faces/node-version.js';
import { RUNS } from '../../src/node/wandb/layouts.js';
import { diskKernel } from './support/disk-kernel.js';

interface Mounted {
  readonly fs: WandbFs;
  /** What the kernel was asked for beyond its primitives. */
  readonly calls: unknown[];
  readonly emit: (event: KernelEvent) => void;
}

function mount(changes: Partial<Kernel> = {}, options: Partial<FsOptions> = {}): Mounted {
  const calls: unknown[] = [];
  let emit: (event: KernelEvent) => void = () => {};
  const kernel: Kernel = {
    ...diskKernel('/'),
    flush: () => void calls.push('flush'),
    refresh: (path) => void calls.push(['refresh', path]),
    prefetch: (_op, path) => void calls.push(['prefetch', path]),
    counters: () => ({ ...noCounters(), uploaded: 3 }),
    shutdown: () => void calls.push('shutdown'),
    onEvent: (listener) => {
      emit = listener;
    },
    ...changes,
  };
  const connect = (): Kernel => {
    calls.push('connect');
    return kernel;
  };
  const fs = makeFs({ layout: RUNS, connect, appUrl: () => 'https://wandb.example.com/', ...options });
  return { fs, calls, emit: (event) => emit(event) };
}

const ENTRY = {
  path: treePath('e/p/run/a.txt'),
  kind: 'file',
  size: 7,
  mtimeMs: 0,
  birthtimeMs: 0,
  version: '1',
  md5: null,
  id: null,
  isReadOnly: false,
} as const;

describe('fs.wandb', () => {
  test('nothing is connected before the first use, and only once', () => {
    const { fs, calls } = mount();
    expect(calls).toEqual([]);
    expect(fs.wandb.counters()).toEqual(noCounters());
    fs.existsSync('/');
    fs.existsSync('/');
    expect(calls).toEqual(['connect']);
    expect(fs.wandb.counters()).toEqual({ ...noCounters(), uploaded: 3 });
  });

  test('flush and close have nothing to do for what was never used', async () => {
    const { fs, calls } = mount();
    await fs.wandb.flush();
    fs.wandb.flushSync();
    await fs.wandb.close();
    expect(calls).toEqual([]);
    expect(() => fs.statSync('/')).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });

  test('flush, refresh, prefetch and close reach the kernel, paths as tree paths', async () => {
    const { fs, calls } = mount({}, { mountPoint: '/mnt', root: 'e' });
    fs.existsSync('/mnt/');
    calls.length = 0;
    await fs.wandb.flush();
    fs.wandb.flushSync();
    fs.wandb.refresh();
    fs.wandb.refresh('/mnt/p/run/');
    await fs.wandb.prefetch(['/mnt/p/run', new URL('wandbfs://e/p/run/a%20b')]);
    await fs.wandb.close();
    expect(calls).toEqual([
      'flush',
      'flush',
      ['refresh', 'e'],
      ['refresh', 'e/p/run'],
      ['prefetch', 'e/p/run'],
      ['prefetch', 'e/p/run/a b'],
      'shutdown',
    ]);
  });

  test('disposing of the object closes it', async () => {
    const { fs, calls } = mount();
    fs.existsSync('/');
    await fs[asyncDispose]();
    expect(calls).toEqual(['connect', 'shutdown']);
  });

  test('a flush that fails says what failed', async () => {
    const { fs } = mount({
      flush: () => {
        throw new Failure('EIO', "1 file wasn't uploaded: '/e/p/run/a.txt'.", 'HTTP 403');
      },
    });
    fs.existsSync('/');
    await expect(fs.wandb.flush()).rejects.toMatchObject({
      code: 'EIO',
      syscall: 'flush',
      message: "EIO: i/o error, flush: 1 file wasn't uploaded: '/e/p/run/a.txt'.",
      cause: expect.objectContaining({ message: 'HTTP 403' }),
    });
  });

  test('a path outside the mount is refused', async () => {
    const { fs } = mount({}, { mountPoint: '/mnt' });
    expect(() => fs.wandb.refresh('/elsewhere')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    await expect(fs.wandb.prefetch(['/elsewhere'])).rejects.toMatchObject({
      code: 'ENOENT',
      syscall: 'prefetch',
    });
  });

  test.each([
    ['/', 'https://wandb.example.com/'],
    ['/e', 'https://wandb.example.com/e'],
    ['/e/p/', 'https://wandb.example.com/e/p'],
    ['/e/p/run', 'https://wandb.example.com/e/p/runs/run'],
    ['/e/p/run/dir/a b#.txt', 'https://wandb.example.com/e/p/runs/run/files/dir/a%20b%23.txt'],
  ])('webUrl of %s', (path, expected) => {
    expect(mount().fs.wandb.webUrl(path)).toBe(expected);
  });

  test('an address from webUrl is accepted as a path', () => {
    const options = { appPath: ({ pathname }: URL) => pathname };
    const seen: string[] = [];
    const { fs } = mount({ readlink: (_op, path) => seen.push(path).toString() }, options);
    fs.readlinkSync(fs.wandb.webUrl('/e/p/run/dir/a b#.txt'));
    expect(seen).toEqual(['e/p/run/dir/a b#.txt']);
  });

  test('uploads are told as events, with paths of this object', async () => {
    const { fs, emit } = mount({}, { mountPoint: '/mnt' });
    const seen: unknown[] = [];
    for (const name of ['progress', 'uploaded', 'failed', 'idle'] as const) {
      fs.wandb.uploads.on(name, (...args: unknown[]) => seen.push([name, ...args]));
    }
    fs.existsSync('/mnt');
    const about = { path: ENTRY.path, ino: 1, generation: 1 };
    emit({ type: 'progress', ...about, sent: 3, size: 7 });
    emit({ type: 'uploaded', ...about, entry: ENTRY });
    emit({ type: 'failed', ...about, failure: new Failure('EACCES', 'The key may not write here.') });
    emit({ type: 'idle' });
    await new Promise(setImmediate);
    const path = '/mnt/e/p/run/a.txt';
    expect(seen).toEqual([
      ['progress', { path, sent: 3, size: 7 }],
      ['uploaded', { path, size: 7 }],
      ['failed', { path, error: expect.objectContaining({ code: 'EACCES', path }) }],
      ['idle'],
    ]);
  });

  test('a failure to connect is told by each call, and tried again', async () => {
    let tries = 0;
    const { fs } = mount(
      {},
      {
        connect: () => {
          tries++;
          throw new Failure('EACCES', 'No API key: set WANDB_API_KEY.');
        },
      },
    );
    const message = "EACCES: permission denied, stat '/x': No API key: set WANDB_API_KEY.";
    expect(() => fs.statSync('/x')).toThrow(message);
    await expect(fs.promises.stat('/x')).rejects.toThrow(message);
    expect(tries).toBe(2);
  });

  test('nothing of the configuration shows', () => {
    const { fs } = mount();
    expect(inspect(fs, { depth: 9, showHidden: true })).not.toContain('example.com');
  });
});
