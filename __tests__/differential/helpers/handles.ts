import type { FileHandle } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import * as fc from 'fast-check';
import { at, content, flags, name, type Operations, operation, position, type Side } from './program.js';
import { shapeOf, timesOf } from './stats.js';

const slot = fc.integer({ min: 0, max: 1 });

const onHandle = <T>(
  what: string,
  chosen: fc.Arbitrary<T>,
  work: (handle: FileHandle, value: T, side: Side, index: number) => Promise<unknown>,
): fc.Arbitrary<ReturnType<typeof operation>> =>
  fc.tuple(slot, chosen).map(([index, value]) => {
    const told = value === undefined ? '' : ` ${fc.stringify(value)}`;
    return operation(`handle ${index}: ${what}${told}`, async (side) => {
      const handle = side.handles[index];
      return handle === undefined ? 'not open' : work(handle, value, side, index);
    });
  });

const nothing = fc.constant(undefined);

/** The handles of `promises.open`; what happens to their names meanwhile is up to the other operations. */
export const handles: Operations = [
  fc.tuple(name, flags, slot).map(([path, flag, index]) =>
    operation(`promises.open ${path} ${flag} as handle ${index}`, async (side) => {
      if (side.handles[index] !== undefined) return 'in use';
      side.handles[index] = await side.fs.promises.open(at(side, path), flag);
      return 'open';
    }),
  ),
  onHandle('read', position, async (handle, from) => {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(12), 0, 12, from);
    return buffer.toString('latin1', 0, bytesRead);
  }),
  onHandle('read options', position, async (handle, from) => {
    const { bytesRead, buffer } = await handle.read({ buffer: Buffer.alloc(9), offset: 1, position: from });
    return [bytesRead, buffer.toString('latin1')];
  }),
  onHandle('readv', position, async (handle, from) => {
    const buffers = [Buffer.alloc(2), Buffer.alloc(7)];
    const { bytesRead } = await handle.readv(buffers, from ?? undefined);
    return Buffer.concat(buffers).toString('latin1', 0, bytesRead);
  }),
  onHandle('write', fc.tuple(content, position), async (handle, [text, from]) => {
    const bytes = Buffer.from(text);
    return (await handle.write(bytes, 0, bytes.length, from)).bytesWritten;
  }),
  onHandle('write text', fc.tuple(content, position), async (handle, [text, from]) => {
    return (await handle.write(text, from)).bytesWritten;
  }),
  onHandle('writev', fc.tuple(content, position), async (handle, [text, from]) => {
    return (await handle.writev([Buffer.from(text), Buffer.from('|')], from ?? undefined)).bytesWritten;
  }),
  onHandle('readFile', nothing, (handle) => handle.readFile('utf8')),
  onHandle('writeFile', content, (handle, text) => handle.writeFile(text)),
  onHandle('appendFile', content, (handle, text) => handle.appendFile(text, 'latin1')),
  onHandle('stat', nothing, async (handle) => shapeOf(await handle.stat())),
  onHandle('stat bigint', nothing, async (handle) => shapeOf(await handle.stat({ bigint: true }))),
  onHandle('truncate', fc.constantFrom(0, 2, 25, -1, undefined), (handle, size) => handle.truncate(size)),
  onHandle('chmod', fc.constantFrom(0o740, 0o700), (handle, mode) => handle.chmod(mode)),
  onHandle('utimes', fc.tuple(fc.nat(20), fc.nat(20)), async (handle, [atime, mtime]) => {
    await handle.utimes(atime, mtime);
    return timesOf(await handle.stat());
  }),
  onHandle('sync', nothing, (handle) => handle.sync()),
  onHandle('datasync', nothing, (handle) => handle.datasync()),
  onHandle('createReadStream', fc.option(fc.nat(12), { nil: undefined }), (handle, start) =>
    textOf(handle.createReadStream({ start, autoClose: false, highWaterMark: 4 })),
  ),
  onHandle('readLines', nothing, async (handle) => {
    const lines: string[] = [];
    for await (const line of handle.readLines({ start: 0, autoClose: false })) lines.push(line);
    return lines;
  }),
  onHandle('close', nothing, async (handle, _, side, index) => {
    side.handles[index] = undefined;
    await handle.close();
    return handle.fd;
  }),
  onHandle('close and use', nothing, async (handle, _, side, index) => {
    side.handles[index] = undefined;
    await handle.close();
    return handle.stat();
  }),
];
