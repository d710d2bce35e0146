import type { EventEmitter } from 'node:events';
import nodeFs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mountAll } from '../../src/node/mounts/mount-all.js';
import { makeTree } from './support/mounts.js';
import { makeTwins, type Side, tell } from './support/twins.js';

type Options = Readonly<Record<string, unknown>>;

const SHAPES: Readonly<Record<string, (options: Options) => object>> = {
  'its own': (options) => ({ ...options }),
  inherited: (options) => Object.create(options),
  hidden: (options) =>
    Object.defineProperties(
      {},
      Object.fromEntries(Object.entries(options).map(([name, value]) => [name, { value }])),
    ),
  'those of a function': (options) => Object.assign(() => {}, options),
};

const READS: readonly Options[] = [
  { start: 2, end: 4 },
  { encoding: 'hex' },
  { encoding: 'none' },
  { flags: 'none' },
  { highWaterMark: 2 },
  { autoClose: false },
  { emitClose: false },
  { signal: AbortSignal.abort() },
  { signal: 1 },
  { start: 'x' },
  { fs: {} },
  { fs: null },
];

const WRITES: readonly Options[] = [
  { flags: 'a' },
  { flags: 'r+', start: 3 },
  { flags: 'wx' },
  { mode: 0o600 },
  { encoding: 'hex' },
  { encoding: 'none' },
  { flush: 1 },
  { start: -1 },
  { fs: {} },
  { emitClose: false },
];

/** All that a stream tells, until nothing more can come of it. */
async function toldOf(make: () => nodeFs.ReadStream | nodeFs.WriteStream, base: string): Promise<unknown> {
  const told: unknown[] = [];
  try {
    const stream = make();
    const emitter: EventEmitter = stream;
    for (const event of ['data', 'end', 'finish', 'close', 'error'])
      emitter.on(event, (value: unknown) =>
        told.push(event, event === 'error' ? tell(value, base) : event === 'data' ? String(value) : ''),
      );
    if (stream instanceof nodeFs.WriteStream) stream.end('616263');
    // One that isn't to close itself ends at least.
    while (!stream.closed && !(told.includes('end') && !isAutoClosed(stream))) await sleep(1);
    await sleep(1);
    emitter.removeAllListeners();
    stream.destroy();
  } catch (error) {
    told.push('thrown', tell(error, base));
  }
  return told;
}

/** @types/node doesn't declare it. */
const isAutoClosed = (stream: object): boolean => Reflect.get(stream, 'autoClose') !== false;

async function bothTellTheSame(
  name: 'createReadStream' | 'createWriteStream',
  options: () => object,
): Promise<void> {
  const [twins, others] = [makeTwins(), makeTwins()];
  const fs = mountAll({ '/not/asked': makeTree(join(others.ours.base, 'tree')).fs }, nodeFs);
  const comeOf = async (side: Side): Promise<unknown> => {
    const path = join(side.base, 'file');
    const told = await toldOf(() => side.fs[name](path, options()), side.base);
    return { told, content: nodeFs.readFileSync(path, 'utf8') };
  };
  try {
    const node = await comeOf(twins.node);
    expect(await comeOf(twins.ours)).toEqual(node);
    expect(await comeOf({ fs, base: others.node.base })).toEqual(node);
  } finally {
    twins.remove();
    others.remove();
  }
}

describe.each(Object.entries(SHAPES))('streams take options as Node’s do: %s', (_title, shape) => {
  test.each(READS)('createReadStream: %o', (options) =>
    bothTellTheSame('createReadStream', () => shape(options)),
  );
  test.each(WRITES)('createWriteStream: %o', (options) =>
    bothTellTheSame('createWriteStream', () => shape(options)),
  );
});

test.each(['createReadStream', 'createWriteStream'] as const)(
  '`new fs.%s` makes a stream, as Node’s',
  async (name) => {
    const twins = makeTwins();
    const mounted = mountAll({ '/mounted': makeTree(join(twins.ours.base, 'dir')).fs }, nodeFs);
    try {
      for (const { fs, base } of [twins.node, twins.ours, { fs: mounted, base: twins.node.base }]) {
        const stream: nodeFs.ReadStream = Reflect.construct(fs[name], [join(base, 'file')]);
        expect(stream).toBeInstanceOf(name === 'createReadStream' ? nodeFs.ReadStream : nodeFs.WriteStream);
        await new Promise((resolve) => stream.on('open', resolve));
        stream.destroy();
      }
    } finally {
      twins.remove();
    }
  },
);

test.each(['createReadStream', 'createWriteStream'] as const)(
  '%s of a FileHandle with an `fs` beside it is refused as Node’s is',
  async (name) => {
    const twins = makeTwins();
    const comeOf = async ({ fs, base }: Side): Promise<unknown> => {
      const handle = await fs.promises.open(join(base, 'file'), 'r+');
      try {
        return fs[name]('', { fd: handle, fs });
      } catch (error) {
        return tell(error, base);
      } finally {
        await handle.close();
      }
    };
    try {
      const ours = await comeOf(twins.ours);
      expect(ours).toMatchObject({ code: 'ERR_METHOD_NOT_IMPLEMENTED' });
      expect(ours).toEqual(await comeOf(twins.node));
    } finally {
      twins.remove();
    }
  },
);
