import nodeFs from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import gracefulFs from 'graceful-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { measure, NOTHING, requestsOf } from '../semantics/helpers/requests.js';
import { makeTwins, textsBelow, textsOn } from './helpers/twins.js';

type NodeFs = typeof nodeFs;

const FILES = { 'logs/1.txt': 'one', 'logs/2.txt': 'two', 'config.yaml': 'lr: 0.1\n' };

const server = useServer(STANDARD);

/** All that graceful-fs replaces, by callbacks and streams; what was read. */
async function work(fs: NodeFs, directory: string): Promise<readonly unknown[]> {
  const at = (name: string): string => join(directory, name);
  const seen: unknown[] = [
    await promisify(fs.readdir)(at('logs')),
    String(await promisify(fs.readFile)(at('config.yaml'))),
    await text(fs.createReadStream(at('logs/1.txt'))),
    await text(fs.createReadStream(at('logs/2.txt'), { start: 1, end: 2, encoding: 'utf8' })),
    await text(Reflect.construct(fs.ReadStream, [at('logs/2.txt')])),
  ];
  await promisify(fs.writeFile)(at('written.txt'), 'written');
  await promisify(fs.appendFile)(at('written.txt'), ' and more');
  await promisify(fs.copyFile)(at('logs/1.txt'), at('copied.txt'));
  await pipeline(['streamed ', 'in parts'], fs.createWriteStream(at('streamed.txt')));
  await pipeline(['+'], fs.createWriteStream(at('streamed.txt'), { flags: 'r+', start: 8 }));
  await promisify(fs.rename)(at('streamed.txt'), at('renamed.txt'));
  const fd = await promisify(fs.open)(at('config.yaml'), 'r');
  const { size } = await promisify(fs.fstat)(fd);
  seen.push(size, fs.readSync(fd, Buffer.alloc(8), 0, 8, 0));
  await promisify(fs.close)(fd);
  const missing: unknown = await promisify(fs.readFile)(at('missing')).catch((error: unknown) => error);
  seen.push(Reflect.get(Object(missing), 'code'));
  return seen;
}

test('gracefulify replaces the members of the fs object it is given, and they work as they do over the disk', async () => {
  const { run, mountPoint, disk, mountCold } = await makeTwins(server, FILES);
  const fs = mountCold();
  const { open, readFile, ReadStream } = fs;
  const graceful = gracefulFs.gracefulify(fs);
  expect(graceful).toBe(fs);
  expect(
    [fs.open, fs.readFile, fs.ReadStream].filter((member) =>
      [open, readFile, ReadStream].includes(member as never),
    ),
  ).toEqual([]);
  expect(await work(graceful, mountPoint)).toEqual(await work(gracefulFs.gracefulify({ ...nodeFs }), disk));
  expect(await textsBelow(fs, mountPoint)).toEqual(await textsBelow(nodeFs, disk));
  await fs.wandb.flush();
  expect(await textsOn(server, run)).toEqual(await textsBelow(nodeFs, disk));
});

test('a thousand reads at once through its queue cost what they cost without it', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`${index}.txt`, `file ${index}`]),
  );
  const { mountPoint, mountCold } = await makeTwins(server, files);
  const fs = gracefulFs.gracefulify(mountCold());
  const readAll = async (): Promise<void> => {
    const reads = Array.from({ length: 1000 }, (_, index) =>
      promisify(fs.readFile)(join(mountPoint, `${index % 100}.txt`), 'utf8'),
    );
    expect(await Promise.all(reads)).toContain('file 99');
  };
  const { gets, graphql } = await measure(server, readAll);
  expect(gets).toBe(100);
  // The first name with the listing, and the addresses of the others together.
  expect(graphql).toBeLessThanOrEqual(3);
  expect(await measure(server, readAll)).toEqual(NOTHING);
});

test('outside the mount it asks for nothing, and fails as the disk does for what is missing', async () => {
  const { disk, mountCold } = await makeTwins(server, FILES);
  const fs = gracefulFs.gracefulify(mountCold());
  const requests = await requestsOf(server, async () => {
    for (const name of ['config.yaml', 'missing']) {
      const error: unknown = await text(fs.createReadStream(join(disk, name))).catch(
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ code: 'ENOENT', syscall: 'open', path: join(disk, name) });
    }
  });
  expect(requests).toEqual([]);
});
