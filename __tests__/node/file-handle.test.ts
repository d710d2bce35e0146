import type { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { asyncDispose } from '../../src/node/faces/node-version.js';
import { readForms } from './support/read-forms.js';
import { makeTwins, type Side, type Twins, tell } from './support/twins.js';

describe("FileHandle behaves as Node's", () => {
  let twins: Twins;
  beforeEach(() => {
    twins = makeTwins();
  });
  afterEach(() => twins.remove());

  const both = async (script: (side: Side) => Promise<unknown>): Promise<void> => {
    expect(await script(twins.ours)).toEqual(await script(twins.node));
  };

  test('reads in every form', async () => {
    await both(async ({ fs, base }) => {
      const handle = await fs.promises.open(join(base, 'file'));
      const results = [
        await handle.read(Buffer.alloc(3), 0, 3, null),
        await handle.read({ buffer: Buffer.alloc(3), position: 1 }),
        await handle.read(Buffer.alloc(4, '.'), { offset: 1, length: 2, position: 0 }),
        await handle.read(Buffer.alloc(4)),
        await handle.read(new Uint8Array(2), 0, 2, 99),
        await handle.readv([Buffer.alloc(2), Buffer.alloc(2)], 2),
        await handle.readv([Buffer.alloc(20)]),
      ];
      const { bytesRead, buffer } = await handle.read();
      await handle.close();
      return [results, bytesRead, buffer.byteLength];
    });
  });

  test('writes in every form', async () => {
    await both(async ({ fs, base }) => {
      const handle = await fs.promises.open(join(base, 'new'), 'w+');
      const results = [
        await handle.write('hello'),
        await handle.write('é', null, 'latin1'),
        await handle.write('xy', 10),
        await handle.write(Buffer.from('12345'), 1, 3, 0),
        await handle.write(Buffer.from('67'), { position: 3 } as unknown as number),
        await handle.write(Buffer.alloc(0)),
        await handle.writev([Buffer.from('a'), Buffer.from('b')], 20),
      ];
      await handle.sync();
      await handle.datasync();
      await handle.close();
      return [results, fs.readFileSync(join(base, 'new'), 'latin1')];
    });
  });

  test('writes nothing to a file that is open for reading', async () => {
    await both(async ({ fs, base }) => {
      const handle = await fs.promises.open(join(base, 'file'));
      const { bytesWritten } = await handle.write(Buffer.alloc(0));
      await handle.close();
      return bytesWritten;
    });
  });

  test('reads and writes whole files, appends, truncates', async () => {
    await both(async ({ fs, base }) => {
      const handle = await fs.promises.open(join(base, 'file'), 'r+');
      const seen: unknown[] = [await handle.readFile('utf8'), await handle.readFile()];
      await handle.truncate(5);
      await handle.appendFile(' there');
      await handle.writeFile(['!', Buffer.from('?')] as unknown as string);
      seen.push((await handle.stat()).size, (await handle.stat({ bigint: true })).size);
      await handle.close();
      return [seen, fs.readFileSync(join(base, 'file'), 'latin1')];
    });
  });

  test('sets times and modes', async () => {
    await both(async ({ fs, base }) => {
      const handle = await fs.promises.open(join(base, 'file'), 'r+');
      await handle.utimes(1, 2);
      await handle.chmod(0o640);
      await handle.chown(process.getuid?.() ?? -1, process.getgid?.() ?? -1);
      const { mode, mtimeMs, atimeMs } = await handle.stat();
      await handle.close();
      return [mode, mtimeMs, atimeMs];
    });
  });

  test('reads lines', async () => {
    await both(async ({ fs, base }) => {
      await fs.promises.writeFile(join(base, 'lines'), 'one\r\ntwo\n\nthree');
      const handle = await fs.promises.open(join(base, 'lines'));
      const lines: string[] = [];
      for await (const line of handle.readLines()) lines.push(line);
      return [lines, handle.fd];
    });
  });

  test('reads a web stream and stays open', async () => {
    await both(async ({ fs, base }) => {
      const handle = await fs.promises.open(join(base, 'file'));
      const chunks: Buffer[] = [];
      for await (const chunk of handle.readableWebStream({ type: 'bytes' })) chunks.push(Buffer.from(chunk));
      const isOpen = handle.fd >= 0;
      await handle.close();
      return [Buffer.concat(chunks).toString(), isOpen];
    });
  });

  test('readableWebStream fills the buffers that it is given, and ends with the handle', async () => {
    await both(async ({ fs, base }) => {
      const handle = await fs.promises.open(join(base, 'file'));
      const reader = handle.readableWebStream({ type: 'bytes' }).getReader({ mode: 'byob' });
      const first = await reader.read(new Uint8Array(4));
      await handle.close();
      const second = await reader.read(new Uint8Array(4));
      return [Buffer.from(first.value as Uint8Array).toString(), first.done, second.done, handle.fd];
    });
  });

  test('read takes the forms and options that Node takes, a length of null among them', async () => {
    await both(async ({ fs, base }) => {
      const results: unknown[] = [];
      for (const form of readForms()) {
        const handle = await fs.promises.open(join(base, 'file'));
        const reading: Promise<{ bytesRead: number; buffer: Buffer }> = Reflect.apply(
          handle.read,
          handle,
          form,
        );
        const told = await reading.then(
          ({ bytesRead, buffer }) => [bytesRead, buffer.toString('latin1').replace(/\0{20,}/, '…')],
          (error: unknown) => tell(error, base),
        );
        results.push(told);
        await handle.close();
      }
      return results;
    });
  });

  test('readableWebStream ends when its handle is closed, be it read or not', async () => {
    await both(async ({ fs, base }) => {
      const [idle, read, over] = await Promise.all([1, 2, 3].map(() => fs.promises.open(join(base, 'file'))));
      const readers = [idle, read, over].map((handle) =>
        handle?.readableWebStream({ type: 'bytes' }).getReader(),
      );
      const [, half, last] = readers;
      await half?.read();
      while (!(await last?.read())?.done);
      await Promise.all([idle, read, over].map((handle) => handle?.close()));
      await Promise.all(readers.map((reader) => reader?.closed));
      return (await half?.read())?.done;
    });
  });

  test('readableWebStream with autoClose closes the handle at its end, and when it is cancelled', async () => {
    // Node has the option from 24 on.
    const { fs, base } = twins.ours;
    const open = () => fs.promises.open(join(base, 'file'));
    const options = { autoClose: true } as object;
    const read = await open();
    for await (const chunk of read.readableWebStream(options))
      expect(chunk.constructor.name).toBe('Uint8Array');
    const cancelled = await open();
    await cancelled.readableWebStream(options).cancel();
    expect([read.fd, cancelled.fd]).toEqual([-1, -1]);
    const kept = await open();
    for await (const _chunk of kept.readableWebStream());
    expect(kept.fd).toBeGreaterThan(0);
    expect(() => kept.readableWebStream()).toThrow(expect.objectContaining({ code: 'ERR_INVALID_STATE' }));
    await kept.close();
    expect(() => kept.readableWebStream()).toThrow('Invalid state: The FileHandle is closed');
    const bad = await open();
    expect(() => bad.readableWebStream({ autoClose: 1 } as object)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    );
    await bad.close();
  });

  test('getAsyncId is a number of its own', async () => {
    await both(async ({ fs, base }) => {
      const handles = await Promise.all([1, 2].map(() => fs.promises.open(join(base, 'file'))));
      const [first, second] = handles.map((handle) => Reflect.get(handle, 'getAsyncId').call(handle));
      await Promise.all(handles.map((handle) => handle.close()));
      return [typeof first, first !== second];
    });
  });

  test('[Symbol.asyncDispose] closes it', async () => {
    const { fs, base } = twins.ours;
    const handle = await fs.promises.open(join(base, 'file'));
    await Reflect.get(handle, asyncDispose).call(handle);
    expect(handle.fd).toBe(-1);
  });

  test('is an emitter with a close event, closes once, and refuses calls after it', async () => {
    await both(async ({ fs, base }) => {
      const handle = await fs.promises.open(join(base, 'file'));
      let closes = 0;
      (handle as unknown as EventEmitter).on('close', () => closes++);
      const { close } = handle;
      await Promise.all([close(), close()]);
      await close();
      const told: unknown[] = [];
      for (const call of [() => handle.stat(), () => handle.readFile(), () => handle.sync()]) {
        await call().catch(({ code, message, syscall }: NodeJS.ErrnoException) =>
          told.push([code, message, syscall]),
        );
      }
      return [closes, handle.fd, told];
    });
  });

  test('close waits for the calls on their way', async () => {
    const { fs, base } = twins.ours;
    const handle = await fs.promises.open(join(base, 'file'));
    const order: string[] = [];
    const reading = handle.readFile('utf8').then((text) => order.push(text));
    const closing = handle.close().then(() => order.push('closed'));
    await Promise.all([reading, closing]);
    expect(order).toEqual(['hello world', 'closed']);
  });

  test('promises.readFile and writeFile take it', async () => {
    const { fs, base } = twins.ours;
    const handle = await fs.promises.open(join(base, 'file'), 'r+');
    expect(await fs.promises.readFile(handle, 'utf8')).toBe('hello world');
    await fs.promises.appendFile(handle, '!');
    await fs.promises.writeFile(handle, '?');
    await handle.close();
    expect(fs.readFileSync(join(base, 'file'), 'utf8')).toBe('hello world!?');
  });

  test('refuses bad arguments by rejecting', async () => {
    const { fs, base } = twins.ours;
    const handle = await fs.promises.open(join(base, 'file'));
    await expect(handle.read(Buffer.alloc(3), 0, 9)).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
    await expect(handle.chmod('nine')).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
    await handle.close();
  });
});
