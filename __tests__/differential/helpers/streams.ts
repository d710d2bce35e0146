import { once } from 'node:events';
import type { ReadStream, WriteStream } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import * as fc from 'fast-check';
import { at, content, name, type Operations, offset, operation } from './program.js';

const range = fc.record({ start: offset, end: offset }, { requiredKeys: [] });
const size = fc.constantFrom(1, 5, 64 * 1024);

/** What a stream gives until it is closed. */
function drained(stream: ReadStream): Promise<unknown> {
  const parts: Buffer[] = [];
  return new Promise((resolve, reject) => {
    stream.on('data', (part) => parts.push(typeof part === 'string' ? Buffer.from(part) : part));
    stream.once('error', reject);
    stream.once('end', () => resolve([Buffer.concat(parts).toString('latin1'), stream.bytesRead]));
  });
}

async function closed(stream: Readable | Writable): Promise<void> {
  if (!stream.closed) await once(stream, 'close');
}

async function drainedAndClosed(stream: ReadStream): Promise<unknown> {
  try {
    return await drained(stream);
  } finally {
    await closed(stream);
  }
}

/** Everything written in two parts, until the stream is closed. */
async function poured(stream: WriteStream, text: string): Promise<unknown> {
  const done = new Promise<unknown>((resolve, reject) => {
    stream.once('error', reject);
    stream.once('close', () => resolve([stream.bytesWritten, stream.pending]));
  });
  stream.write(text);
  stream.end('.');
  try {
    return await done;
  } finally {
    await closed(stream);
  }
}

const slot = fc.integer({ min: 0, max: 3 });

export const streams: Operations = [
  fc
    .tuple(name, range, size, fc.constantFrom('r', 'r+', 'a+', 'w+', 'q'))
    .map(([path, bounds, highWaterMark, flag]) =>
      operation(`createReadStream ${path} ${fc.stringify(bounds)} by ${highWaterMark} ${flag}`, (side) =>
        drainedAndClosed(side.fs.createReadStream(at(side, path), { ...bounds, highWaterMark, flags: flag })),
      ),
    ),
  fc.tuple(name, name, fc.constantFrom('unlink', 'rename')).map(([path, to, what]) =>
    operation(`createReadStream ${path}, ${what} to ${to} meanwhile`, async (side) => {
      const { fs } = side;
      const stream = fs.createReadStream(at(side, path), { highWaterMark: 2 });
      await once(stream, 'ready');
      if (what === 'unlink') fs.rmSync(at(side, path), { force: true });
      else if (!fs.existsSync(at(side, to))) fs.renameSync(at(side, path), at(side, to));
      return drainedAndClosed(stream);
    }),
  ),
  fc.tuple(slot, range, fc.boolean()).map(([index, bounds, autoClose]) =>
    operation(`createReadStream of #${index} ${fc.stringify(bounds)} ${autoClose}`, async (side) => {
      const fd = side.open[index];
      if (fd === undefined) return 'not open';
      const stream = side.fs.createReadStream('', { fd, ...bounds, autoClose, highWaterMark: 5 });
      if (!autoClose) return drained(stream);
      side.open[index] = undefined;
      return drainedAndClosed(stream);
    }),
  ),
  fc
    .tuple(
      name,
      content,
      fc.constantFrom('w', 'a', 'wx', 'r+', 'r'),
      fc.option(offset, { nil: undefined }),
      fc.boolean(),
    )
    .map(([path, text, flag, start, flush]) =>
      operation(`createWriteStream ${path} '${text}' ${flag} from ${start}`, async (side) =>
        poured(
          side.fs.createWriteStream(at(side, path), {
            flags: flag,
            highWaterMark: 4,
            ...(flush ? { flush } : {}),
            ...(start === undefined ? {} : { start }),
          }),
          text,
        ),
      ),
    ),
  fc.tuple(slot, content, fc.option(offset, { nil: undefined })).map(([index, text, start]) =>
    operation(`createWriteStream of #${index} '${text}' from ${start}`, async (side) => {
      const fd = side.open[index];
      if (fd === undefined) return 'not open';
      const stream = side.fs.createWriteStream('', { fd, ...(start === undefined ? {} : { start }) });
      side.open[index] = undefined;
      return poured(stream, text);
    }),
  ),
];
