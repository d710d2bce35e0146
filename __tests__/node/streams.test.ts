import nodeFs from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { makeTwins, type Side, type Twins } from './support/twins.js';

type Options = Parameters<typeof nodeFs.createReadStream>[1];

/** Everything that a reader of the stream sees, in order. */
async function watch(
  stream: nodeFs.ReadStream,
  { emitClose = true }: { readonly emitClose?: boolean } = {},
): Promise<unknown> {
  const seen: unknown[] = [];
  for (const name of ['open', 'ready', 'end', 'close'] as const) stream.on(name, () => seen.push(name));
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer | string) => chunks.push(Buffer.from(chunk)));
  await new Promise<void>((resolve) => {
    // Nothing tells that a stream without a close has said all.
    const isClosing = emitClose && Reflect.get(stream, 'autoClose');
    const soon = () => isClosing || setTimeout(resolve, 50);
    stream.on('close', resolve);
    stream.on('end', soon);
    stream.on('error', ({ code }: NodeJS.ErrnoException) => {
      seen.push(code);
      soon();
    });
  });
  return { seen, text: Buffer.concat(chunks).toString(), bytesRead: stream.bytesRead };
}

/** @types/node doesn't declare that a handle emits. */
const emitterOf = (handle: object): NodeJS.EventEmitter => handle as NodeJS.EventEmitter;

describe('createReadStream and createWriteStream behave as those of node:fs', () => {
  let twins: Twins;
  beforeEach(() => {
    twins = makeTwins();
  });
  afterEach(() => twins.remove());

  const both = async (script: (side: Side) => Promise<unknown>): Promise<void> => {
    expect(await script(twins.ours)).toEqual(await script(twins.node));
  };

  test.each<[string, Options]>([
    ['whole', {}],
    ['with an encoding', 'utf8'],
    ['from a start', { start: 6 }],
    ['to an end, inclusive', { end: 4 }],
    ['from a start to an end', { start: 2, end: 4 }],
    ['one byte', { start: 0, end: 0 }],
    ['beyond the end', { start: 50 }],
    ['in small pieces', { highWaterMark: 3 }],
    ['in small pieces of a range', { highWaterMark: 3, start: 1, end: 8 }],
    ['without a close event', { emitClose: false }],
    ['that stay open', { autoClose: false }],
  ])('reads a file %s', async (_how, options) => {
    await both(({ fs, base }) => watch(fs.createReadStream(join(base, 'file'), options), Object(options)));
  });

  test('reads an empty file by the range 0 to 0, as tar-fs does', async () => {
    await both(({ fs, base }) => watch(fs.createReadStream(join(base, 'empty'), { start: 0, end: 0 })));
  });

  test.each(['missing', 'dir'])('tells that %s is no file', async (name) => {
    await both(({ fs, base }) => watch(fs.createReadStream(join(base, name))));
  });

  test.each<[string, unknown, unknown]>([
    ['a start behind its end', 'file', { start: 5, end: 2 }],
    ['a start that is no number', 'file', { start: 'x' }],
    ['a negative start', 'file', { start: -1 }],
    ['an unknown encoding', 'file', 'klingon'],
    ['options that are none', 'file', 5],
    ['an fd that is none', 'file', { fd: 'x' }],
    ['no path', undefined, {}],
  ])('refuses %s in the words of Node', (_what, name, options) => {
    const refusal = ({ fs, base }: Side): unknown => {
      try {
        const path = typeof name === 'string' ? join(base, name) : (name as string);
        return fs.createReadStream(path, options as Options);
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        return { code, message };
      }
    };
    expect(refusal(twins.ours)).toEqual(refusal(twins.node));
  });

  test('reads from an fd at its position, and closes it or not', async () => {
    await both(async ({ fs, base }) => {
      const fd = fs.openSync(join(base, 'file'), 'r');
      fs.readSync(fd, Buffer.alloc(6), 0, 6, null);
      const first = await watch(fs.createReadStream('', { fd, autoClose: false }));
      const second = await watch(fs.createReadStream('', { fd, start: 0, end: 3 }));
      return [first, second];
    });
  });

  test('reads through a FileHandle, which it closes', async () => {
    await both(async ({ fs, base }) => {
      const handle = await fs.promises.open(join(base, 'file'));
      let closes = 0;
      emitterOf(handle).on('close', () => closes++);
      const read = await watch(fs.createReadStream('', { fd: handle, start: 6 }));
      return [read, closes, handle.fd];
    });
  });

  test('is aborted by a signal', async () => {
    await both(async ({ fs, base }) => {
      const controller = new AbortController();
      const stream = fs.createReadStream(join(base, 'file'), { signal: controller.signal, highWaterMark: 1 });
      controller.abort();
      return new Promise((resolve) => stream.on('error', ({ name }) => resolve(name)));
    });
  });

  test.each<[string, Parameters<typeof nodeFs.createWriteStream>[1]]>([
    ['anew', {}],
    ['at the end', { flags: 'a' }],
    ['in the middle', { flags: 'r+', start: 3 }],
    ['with an encoding', 'latin1'],
    ['with a mode', { mode: 0o600 }],
    ['with flush', { flush: true }],
    ['without a close event', { emitClose: false }],
  ])('writes a file %s', async (_how, options) => {
    await both(async ({ fs, base }) => {
      const stream = fs.createWriteStream(join(base, 'file'), options);
      stream.write('ab');
      stream.write(Buffer.from('é'));
      await new Promise<void>((resolve) => stream.end('!', resolve));
      await new Promise(setImmediate);
      return [fs.readFileSync(join(base, 'file'), 'latin1'), stream.bytesWritten];
    });
  });

  test('writes through a FileHandle', async () => {
    await both(async ({ fs, base }) => {
      const handle = await fs.promises.open(join(base, 'new'), 'w');
      await pipeline(Readable.from(['a', 'b', 'c']), handle.createWriteStream());
      return [fs.readFileSync(join(base, 'new'), 'utf8'), handle.fd];
    });
  });

  test('goes through a pipeline from one to the other', async () => {
    const { fs, base } = twins.ours;
    await pipeline(fs.createReadStream(join(base, 'file')), fs.createWriteStream(join(base, 'copy')));
    expect(fs.readFileSync(join(base, 'copy'), 'utf8')).toBe('hello world');
  });

  test('tells that a directory is missing', async () => {
    await both(async ({ fs, base }) => {
      const stream = fs.createWriteStream(join(base, 'missing/x'));
      return new Promise((resolve) => stream.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code)));
    });
  });

  test('ReadStream, WriteStream, FileReadStream and FileWriteStream are made with new, called, and applied', async () => {
    const { fs, base } = twins.ours;
    const path = join(base, 'file');
    const made = Reflect.construct(fs.ReadStream, [path]) as nodeFs.ReadStream;
    expect(made).toBeInstanceOf(fs.ReadStream);
    expect(made).toBeInstanceOf(nodeFs.ReadStream);
    const callable = fs.ReadStream as unknown as (this: unknown, path: string) => nodeFs.ReadStream;
    const called = callable.call(undefined, path);
    expect(called).toBeInstanceOf(fs.ReadStream);

    // As graceful-fs does it.
    function Graceful(this: object, name: string): object {
      callable.call(this, name);
      return this;
    }
    Graceful.prototype = Object.create(fs.ReadStream.prototype);
    const applied = Reflect.construct(Graceful, [path]) as nodeFs.ReadStream;
    const texts = await Promise.all(
      [made, called, applied].map((stream) => stream.setEncoding('utf8').toArray()),
    );
    expect(texts).toEqual([['hello world'], ['hello world'], ['hello world']]);
  });

  test('replaced members of the object are what its streams call', async () => {
    const { fs, base } = twins.ours;
    const opened: unknown[] = [];
    const { open } = fs;
    const patched = ((...args: Parameters<typeof open>) => {
      opened.push(args[0]);
      return open(...args);
    }) as typeof open;
    Object.assign(fs, { open: patched });
    await watch(fs.createReadStream(join(base, 'file')));
    expect(opened).toEqual([join(base, 'file')]);
  });
});
