import { join } from 'node:path';
import { asyncDispose, dispose } from '../../src/node/faces/node-version.js';
import type { FileHandle } from '../../src/node/handle/file-handle.js';
import { packageRoot, runWell } from '../helpers/processes.js';
import { makeTwins, type Twins } from './support/twins.js';

let twins: Twins;
beforeEach(() => {
  twins = makeTwins();
});
afterEach(() => twins.remove());

const open = async (flags?: string): Promise<FileHandle> => {
  const handle = await twins.ours.fs.promises.open(join(twins.ours.base, 'file'), flags);
  return handle as unknown as FileHandle;
};
const content = (): string => twins.ours.fs.readFileSync(join(twins.ours.base, 'file'), 'utf8');

type Batch = readonly [Uint8Array];

async function textOf(batches: unknown): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const [chunk] of batches as AsyncIterable<Batch>) texts.push(String(chunk));
  return texts;
}

const invalidState = expect.objectContaining({ code: 'ERR_INVALID_STATE' });

test('pull and pullSync give batches of bytes, of a window, and let go of the handle', async () => {
  const handle = await open();
  expect(await textOf(handle.pull({ chunkSize: 4 }))).toEqual(['hell', 'o wo', 'rld']);
  expect(await textOf(handle.pull({ start: 6, limit: 3, chunkSize: 2 }))).toEqual(['wo', 'r']);
  expect(await textOf(handle.pullSync({ start: 0, limit: 5 }))).toEqual(['hello']);
  expect(await textOf(handle.pull())).toEqual([]);
  const batches = handle.pullSync({ start: 0, chunkSize: 1, autoClose: true }) as Iterable<Batch>;
  expect(() => handle.pull()).toThrow(invalidState);
  for (const [chunk] of batches) {
    expect(String(chunk)).toBe('h');
    break;
  }
  expect(handle.fd).toBe(-1);
  expect(() => handle.pullSync()).toThrow(invalidState);
  const closing = await open();
  expect(await textOf(closing.pull({ autoClose: true }))).toEqual(['hello world']);
  expect(closing.fd).toBe(-1);
});

test('pull leaves with its signal, and refuses what is no option', async () => {
  const handle = await open();
  await expect(textOf(handle.pull({ signal: AbortSignal.abort('enough') }))).rejects.toBe('enough');
  for (const [options, code] of [
    [{ start: -1 }, 'ERR_OUT_OF_RANGE'],
    [{ limit: 0 }, 'ERR_OUT_OF_RANGE'],
    [{ chunkSize: 'x' }, 'ERR_INVALID_ARG_TYPE'],
    [{ autoClose: 1 }, 'ERR_INVALID_ARG_TYPE'],
    [{ signal: 1 }, 'ERR_INVALID_ARG_TYPE'],
  ] as const) {
    expect(() => handle.pull(options)).toThrow(expect.objectContaining({ code }));
  }
  expect(() => handle.pull(1, {})).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
  expect(await textOf(handle.pull())).toEqual(['hello world']);
  await handle.close();
});

test('pull with transforms takes Node’s own, where there are any', async () => {
  const handle = await open();
  const upper = (batch: readonly Uint8Array[] | null): unknown =>
    batch?.map((chunk) => Buffer.from(String(chunk).toUpperCase()));
  expect(() => handle.pull(upper)).toThrow(expect.objectContaining({ code: 'ENOTSUP' }));
  await handle.close();
  if (Number(process.versions.node.split('.')[0]) < 26) return;
  const script = `
    import { createWandbFs } from 'wandb-fs';
    import { startFakeWandb } from 'wandb-fs/testing';
    import { pipeTo, text } from 'stream/iter';
    const server = await startFakeWandb();
    await server.seed({ 'e/p/r': { a: 'hello' } });
    const fs = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey });
    const upper = (batch) => batch?.map((chunk) => Buffer.from(String(chunk).toUpperCase())) ?? null;
    const from = await fs.promises.open('e/p/r/a');
    const to = await fs.promises.open('e/p/r/b', 'w');
    await pipeTo(from.pull(upper, { autoClose: true }), to.writer({ autoClose: true }));
    console.log(fs.readFileSync('e/p/r/b', 'utf8'), from.fd, to.fd);
    console.log(await text((await fs.promises.open('e/p/r/a')).pull({ autoClose: true })));
    await fs.wandb.close();
    await server.close();`;
  const args = ['--experimental-stream-iter', '--input-type=module', '-e', script];
  expect(await runWell(process.execPath, args, { cwd: packageRoot })).toBe('HELLO -1 -1\nhello\n');
});

test('writer writes in order, within its window, and tells how much', async () => {
  const handle = await open('r+');
  const writer = handle.writer({ start: 0, limit: 8 });
  expect(() => handle.writer()).toThrow(invalidState);
  const writes = [writer.write('HE'), writer.writev(['L', Buffer.from('L')])];
  expect(writer.writeSync('O')).toBe(false);
  await Promise.all(writes);
  expect([writer.writeSync('O'), writer.writevSync(['-', '-'])]).toEqual([true, true]);
  expect(writer.writeSync('too much')).toBe(false);
  await expect(writer.write(new Uint8Array(9))).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
  expect([await writer.end(), writer.endSync(), await writer.end()]).toEqual([7, 7, 7]);
  await expect(writer.write('x')).rejects.toMatchObject({ code: 'ERR_INVALID_STATE', name: 'TypeError' });
  expect(content()).toBe('HELLO--orld');
  const again = handle.writer({ autoClose: true });
  expect(again.endSync()).toBe(0);
  expect(handle.fd).toBe(-1);
  const closing = await open('w');
  const last = closing.writer({ autoClose: true, chunkSize: 2 });
  expect(last.writeSync('long')).toBe(false);
  void last.write('long');
  expect(last.endSync()).toBe(-1);
  expect(await last.end()).toBe(4);
  expect([closing.fd, content()]).toEqual([-1, 'long']);
});

test('writer fails for good, and lets go of the handle', async () => {
  const handle = await open('r+');
  const failing = handle.writer();
  const reason = new Error('no');
  const writing = failing.write('x');
  failing.fail(reason);
  failing.fail(new Error('again'));
  await expect(writing).rejects.toBe(reason);
  await expect(failing.write('x')).rejects.toBe(reason);
  await expect(failing.end()).rejects.toBe(reason);
  expect([failing.writeSync('x'), failing.endSync()]).toEqual([false, -1]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const disposed = handle.writer();
  disposed[dispose]();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const ending = handle.writer();
  void ending.write('y');
  void ending.end();
  await ending[asyncDispose]();
  expect(await ending.end()).toBe(1);
  const left = handle.writer();
  await expect(left.write('x', { signal: AbortSignal.abort('enough') })).rejects.toBe('enough');
  left.fail();
  await handle.close();
});
