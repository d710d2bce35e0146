import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createWandbFs } from 'wandb-fs';
import { packageRoot, runWell } from '../helpers/processes.js';
import { startServer } from '../helpers/server.js';
import { makeTwins, type Side, type Twins, tell } from './support/twins.js';
import { toldOf, untilTold, writeElsewhere } from './support/watching.js';

let twins: Twins;
beforeEach(() => {
  twins = makeTwins();
});
afterEach(() => twins.remove());

describe('watch tells of what Node tells of', () => {
  /** Each change alone: the kernel of a disk tells of one in several events, which come to these. */
  const CHANGES: Readonly<Record<string, readonly [(side: Side) => void, string]>> = {
    'a new file': [({ fs, base }) => fs.writeFileSync(join(base, 'new'), 'x'), 'new'],
    'a new directory': [({ fs, base }) => fs.mkdirSync(join(base, 'new')), 'new'],
    'a removed file': [({ fs, base }) => fs.rmSync(join(base, 'file')), 'file'],
    'a removed directory': [({ fs, base }) => fs.rmSync(join(base, 'dir'), { recursive: true }), 'dir'],
    'a changed file': [({ fs, base }) => fs.appendFileSync(join(base, 'file'), '!'), 'file'],
    'a truncated file': [({ fs, base }) => fs.truncateSync(join(base, 'file'), 2), 'file'],
    'a changed mode': [({ fs, base }) => fs.chmodSync(join(base, 'file'), 0o600), 'file'],
    'changed times': [({ fs, base }) => fs.utimesSync(join(base, 'file'), 1, 2), 'file'],
    'a renamed file': [({ fs, base }) => fs.renameSync(join(base, 'file'), join(base, 'moved')), 'moved'],
  };
  test.each(Object.entries(CHANGES))('watch: %s in a directory', async (_title, [change, name]) => {
    const [ours, node] = await Promise.all(
      [twins.ours, twins.node].map(async (side) => {
        const told = await toldOf(side.fs.watch(side.base), () => change(side), name);
        return new Set(told.map((each) => each.join(' ')));
      }),
    );
    // Node tells of the steps on the way, such as 'change' of what was just made.
    expect([...(node ?? [])]).toEqual(expect.arrayContaining([...(ours ?? [])]));
    expect(ours?.size).toBeGreaterThan(0);
  });

  test('watch: a file under its own name, changed, removed and made again', async () => {
    const { fs, base } = twins.ours;
    const path = join(base, 'file');
    const watcher = fs.watch(path);
    const told: string[] = [];
    watcher.on('change', (event, name) => told.push(`${event} ${name}`));
    fs.appendFileSync(path, '!');
    await untilTold(() => told.length === 1);
    fs.rmSync(path);
    await untilTold(() => told.length === 2);
    fs.writeFileSync(path, 'again');
    await untilTold(() => told.length === 3);
    watcher.close();
    expect(told).toEqual(['change file', 'rename file', 'rename file']);
  });

  test('watch: all below a directory, with recursive', async () => {
    const { fs, base } = twins.ours;
    const watcher = fs.watch(base, { recursive: true });
    const told = await toldOf(
      watcher,
      () => {
        fs.writeFileSync(join(base, 'dir/sub/new.txt'), '');
        fs.appendFileSync(join(base, 'dir/inner.txt'), '!');
      },
      'dir/sub/new.txt',
      'dir/inner.txt',
    );
    expect(told).toEqual(
      expect.arrayContaining([
        ['rename', 'dir/sub/new.txt'],
        ['change', 'dir/inner.txt'],
      ]),
    );
    const flat = fs.watch(base);
    const heard: unknown[] = [];
    flat.on('change', (_event, name) => heard.push(name));
    fs.writeFileSync(join(base, 'dir/sub/other.txt'), '');
    fs.writeFileSync(join(base, 'seen'), '');
    await untilTold(() => heard.includes('seen'));
    flat.close();
    expect(heard).toEqual(['seen']);
  });

  test('watch: what came and went in one turn', async () => {
    for (const side of [twins.ours, twins.node]) {
      const { fs, base } = side;
      const change = (): void => {
        fs.writeFileSync(join(base, 'passing'), 'x');
        fs.unlinkSync(join(base, 'passing'));
        fs.mkdirSync(join(base, 'short'));
        fs.rmdirSync(join(base, 'short'));
        fs.writeFileSync(join(base, 'dir/sub/deep'), 'x');
        fs.rmSync(join(base, 'dir/sub/deep'));
      };
      const told = await toldOf(fs.watch(base), change, 'passing', 'short');
      const renames = told.filter(([event]) => event === 'rename');
      expect(renames.map(([, name]) => name)).toEqual(['passing', 'passing', 'short', 'short']);
    }
  });

  test('watch: what came and went further down, with recursive', async () => {
    const { fs, base } = twins.ours;
    const change = (): void => {
      fs.writeFileSync(join(base, 'dir/sub/passing'), 'x');
      fs.renameSync(join(base, 'dir/sub/passing'), join(base, 'dir/sub/stays'));
    };
    const told = await toldOf(fs.watch(base, { recursive: true }), change, 'dir/sub/stays');
    expect(told).toEqual([
      ['rename', 'dir/sub/passing'],
      ['rename', 'dir/sub/passing'],
      ['rename', 'dir/sub/stays'],
    ]);
  });

  test('watch: what others change is seen within the interval', async () => {
    const { fs, base } = twins.ours;
    expect(await toldOf(fs.watch(base), () => writeElsewhere(base, 'foreign'), 'foreign')).toEqual([
      ['rename', 'foreign'],
    ]);
  });

  test('watch: encodings, listeners, and what is ignored', async () => {
    const { fs, base } = twins.ours;
    const names: unknown[] = [];
    const watchers = [
      fs.watch(base, 'buffer', (_event, name) => names.push(name)),
      fs.watch(base, { encoding: 'hex' }, (_event, name) => names.push(name)),
      fs.watch(base, (_event, name) => names.push(name)),
      fs.watch(
        base,
        { ignore: ['*.log', /^tmp/, (name: string) => name === 'x'] } as object,
        (_event, name) => names.push(name),
      ),
    ];
    for (const name of ['a.log', 'tmp1', 'x', 'ab']) fs.writeFileSync(join(base, name), '');
    await untilTold(() => names.length === 13);
    for (const watcher of watchers) watcher.close();
    const count = (name: unknown): number => names.filter((each) => each === name).length;
    expect([count('ab'), count('a.log'), count('tmp1'), count('x')]).toEqual([2, 1, 1, 1]);
    expect(names).toEqual(expect.arrayContaining([Buffer.from('ab'), Buffer.from('ab').toString('hex')]));
  });

  test('watch: close, ref, unref, and a signal', async () => {
    const { fs, base } = twins.ours;
    const watcher = fs.watch(base);
    expect([watcher.ref(), watcher.unref()]).toEqual([watcher, watcher]);
    const heard: string[] = [];
    watcher.on('close', () => heard.push('close')).on('change', () => heard.push('change'));
    watcher.close();
    watcher.close();
    fs.writeFileSync(join(base, 'new'), '');
    await sleep(50);
    expect(heard).toEqual(['close']);
    const controller = new AbortController();
    const aborted = fs.watch(base, { signal: controller.signal });
    const closed = new Promise((resolve) => aborted.once('close', resolve));
    controller.abort();
    await closed;
    const late = fs.watch(base, { signal: controller.signal });
    await new Promise((resolve) => late.once('close', resolve));
  });

  test('watch: what a listener throws is an uncaught exception, not a failure of the watcher', async () => {
    const server = await startServer();
    await server.seed({ 'e/p/r': { a: '1' } });
    const script = `
      import { createWandbFs } from 'wandb-fs';
      const fs = createWandbFs({ baseUrl: '${server.url}', apiKey: '${server.apiKey}' });
      process.on('uncaughtException', async (error) => {
        console.log(error.message);
        watcher.close();
        await fs.wandb.close();
      });
      const watcher = fs.watch('e/p/r', () => { throw new Error('mine'); });
      watcher.on('error', () => console.log('error'));
      fs.writeFileSync('e/p/r/b', '2');`;
    const options = { cwd: packageRoot };
    expect(await runWell(process.execPath, ['--input-type=module', '-e', script], options)).toBe('mine\n');
  });

  test.each<readonly [string, (side: Side) => unknown]>([
    ['a missing path', ({ fs, base }) => fs.watch(join(base, 'missing'))],
    ['no path', ({ fs }) => fs.watch(undefined as unknown as string)],
    ['options that are none', ({ fs, base }) => fs.watch(base, 1 as unknown as 'utf8')],
    ['an unknown encoding', ({ fs, base }) => fs.watch(base, 'none' as 'utf8')],
    ['a signal that is none', ({ fs, base }) => fs.watch(base, { signal: {} as AbortSignal })],
  ])('watch refuses %s as Node does', (_title, call) => {
    const refusal = (side: Side): unknown => {
      try {
        call(side);
      } catch (error) {
        const { filename } = error as { filename?: string };
        return { ...tell(error, side.base), filename: filename?.replace(side.base, '<base>') };
      }
      throw new Error('It was not refused.');
    };
    expect(refusal(twins.ours)).toEqual(refusal(twins.node));
  });

  test('watch: a path that isn’t there yet, with throwIfNoEntry', async () => {
    const { fs, base } = twins.ours;
    const watcher = fs.watch(join(base, 'later'), { throwIfNoEntry: false } as object);
    expect(await toldOf(watcher, () => writeElsewhere(base, 'later'), 'later')).toEqual([
      ['rename', 'later'],
    ]);
  });
});

test('watchers that hold no process, and ends of trees', async () => {
  const server = await startServer();
  await server.seed({ 'e/p/r': { a: '1' } });
  const fs = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey });
  const watcher = fs.watch('e/p/r');
  const closed = new Promise((resolve) => watcher.once('close', resolve));
  const events = fs.promises.watch('e/p')[Symbol.asyncIterator]().next();
  fs.watchFile('e/p/r/a', () => {});
  await sleep(20);
  await fs.wandb.close();
  await closed;
  expect(await events).toEqual({ done: true, value: undefined });
  const script = `
    import { createWandbFs } from 'wandb-fs';
    const fs = createWandbFs({ baseUrl: '${server.url}', apiKey: '${server.apiKey}' });
    fs.watch('e/p/r', { persistent: false });
    fs.watchFile('e/p/r/a', { persistent: false }, () => {});
    fs.watch('e/p/r').unref();
    console.log(fs.readFileSync('e/p/r/a', 'utf8'));`;
  const options = { cwd: packageRoot };
  expect(await runWell(process.execPath, ['--input-type=module', '-e', script], options)).toBe('1\n');
});
