import { type EventEmitter, once } from 'node:events';
import nodeFs from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { mount as mountArtifacts, newCollection } from '../artifacts/helpers/mounts.js';
import { makeDirectory } from '../helpers/directories.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';

type Fs = typeof nodeFs;
/** What the types of Node leave out. */
const undeclared = (fs: Fs) =>
  fs as unknown as {
    openSync(path: string): number;
    ReadStream(path: string): nodeFs.ReadStream;
    WriteStream(path: string): nodeFs.WriteStream;
  };
/** Tells what came of it; what it throws or rejects with is told as well. */
type Script = (fs: Fs, base: string) => unknown;

const FILES = { file: 'hello world', 'dir/inner': 'inner', 'dir/sub/deep': 'deep' };

/** What memfs, over which all of this is built, does otherwise than Node: measured on memfs 4.80.1. */
const DEVIATIONS: Readonly<Record<string, Script>> = {
  'a directory is not renamed over one that has something in it': (fs, base) => {
    fs.mkdirSync(`${base}/other`);
    fs.renameSync(`${base}/other`, `${base}/dir`);
  },
  'a directory is renamed over an empty one': (fs, base) => {
    fs.mkdirSync(`${base}/empty`);
    fs.renameSync(`${base}/dir/sub`, `${base}/empty`);
    return [fs.readdirSync(`${base}/dir`), fs.readFileSync(`${base}/empty/deep`, 'utf8')];
  },
  'a directory is not renamed into itself': (fs, base) => fs.renameSync(`${base}/dir`, `${base}/dir/sub/dir`),
  'a directory is not renamed over a file': (fs, base) => fs.renameSync(`${base}/dir`, `${base}/file`),
  'a file is not renamed over a directory': (fs, base) => fs.renameSync(`${base}/file`, `${base}/dir`),
  'open needs no flags': (fs, base) => {
    const fd = undeclared(fs).openSync(`${base}/file`);
    const bytes = Buffer.alloc(5);
    fs.readSync(fd, bytes);
    fs.closeSync(fd);
    return bytes.toString();
  },
  'close needs no callback': (fs, base) => fs.close(fs.openSync(`${base}/file`, 'r')),
  'names of a recursive readdir are relative': (fs, base) =>
    fs.readdirSync(base, { recursive: true }).map(String).sort(),
  'unlink of a directory is EISDIR': (fs, base) => fs.unlinkSync(`${base}/dir`),
  'a stat tells blocks of 512 bytes': (fs, base) => {
    fs.writeFileSync(`${base}/large`, Buffer.alloc(3 << 12, 1));
    const { blocks, blksize, size } = fs.statSync(`${base}/large`);
    return [blocks, blksize, size];
  },
  'streams are called without `new`': async (fs, base) => {
    const writing = undeclared(fs).WriteStream(`${base}/new`);
    await new Promise((resolve) => writing.end('streamed').once('close', () => resolve(null)));
    return String(Buffer.concat(await undeclared(fs).ReadStream(`${base}/new`).toArray()));
  },
  'a stream with an end has it without a start': async (fs, base) =>
    String(Buffer.concat(await fs.createReadStream(`${base}/file`, { end: 4 }).toArray())),
  'a stream tells that it is ready, and closes once': async (fs, base) => {
    const told: string[] = [];
    const stream = fs.createReadStream(`${base}/file`);
    for (const event of ['open', 'ready', 'end', 'close']) stream.on(event, () => told.push(event));
    stream.resume();
    await new Promise((resolve) => stream.once('close', () => setImmediate(resolve)));
    return told;
  },
  'a stream goes over a FileHandle, which tells of its end': async (fs, base) => {
    const handle = await fs.promises.open(`${base}/file`);
    const closed = once(handle as unknown as EventEmitter, 'close');
    const chunks = await handle.createReadStream().toArray();
    return [String(Buffer.concat(chunks)), await closed];
  },
  'writeFile takes what can be iterated, and streams': async (fs, base) => {
    const parts = function* (): Generator<string> {
      yield 'of ';
      yield 'parts';
    };
    await fs.promises.writeFile(`${base}/parts`, parts());
    await fs.promises.writeFile(`${base}/stream`, Readable.from(['of a ', 'stream']));
    return [fs.readFileSync(`${base}/parts`, 'utf8'), fs.readFileSync(`${base}/stream`, 'utf8')];
  },
  'a file is made with content, and no leave to write': (fs, base) => {
    fs.writeFileSync(`${base}/locked`, 'content', { mode: 0o444 });
    return [fs.readFileSync(`${base}/locked`, 'utf8'), fs.statSync(`${base}/locked`).mode];
  },
  'what is open for reading is not written': (fs, base) => {
    const fd = fs.openSync(`${base}/file`, 'r');
    try {
      return fs.writeSync(fd, 'x');
    } finally {
      fs.closeSync(fd);
    }
  },
  'what is open for writing is not read': (fs, base) => {
    const fd = fs.openSync(`${base}/file`, 'a');
    try {
      return fs.readSync(fd, Buffer.alloc(1));
    } finally {
      fs.closeSync(fd);
    }
  },
  'what is open for reading is not truncated': (fs, base) => {
    const fd = fs.openSync(`${base}/file`, 'r');
    try {
      return fs.ftruncateSync(fd, 0);
    } finally {
      fs.closeSync(fd);
    }
  },
  'recursive mkdir tells the first directory that it made': (fs, base) =>
    fs.mkdirSync(`${base}/a/b/c`, { recursive: true })?.slice(base.length),
  'recursive mkdir is no success where a file is': (fs, base) =>
    fs.mkdirSync(`${base}/file`, { recursive: true }),
  'chmod leaves the time of the last change of content alone': (fs, base) => {
    fs.utimesSync(`${base}/file`, 1, 1);
    fs.chmodSync(`${base}/file`, 0o600);
    return [fs.statSync(`${base}/file`).mtimeMs, fs.statSync(`${base}/file`).mode];
  },
  'an aborted readFile rejects': (fs, base) =>
    fs.promises.readFile(`${base}/file`, { signal: AbortSignal.abort() }),
  'a null byte in a path is refused': (fs, base) => fs.readFileSync(`${base}/fi\0le`),
};

async function outcomeOf(script: Script, fs: Fs, base: string): Promise<unknown> {
  try {
    return { value: await script(fs, base) };
  } catch (error) {
    const { name, code, errno, syscall } = error as NodeJS.ErrnoException;
    return { name, code, errno, syscall };
  }
}

const server = useServer(STANDARD);
beforeAll(async () => {
  await server.seed({ 'lab/project/run': {} });
});

function layOut(fs: Fs, base: string): void {
  for (const [name, text] of Object.entries(FILES)) {
    fs.mkdirSync(join(base, name, '..'), { recursive: true });
    fs.writeFileSync(join(base, name), text);
  }
}

const TREES: readonly (readonly [name: string, make: () => Promise<readonly [Fs, string]>])[] = [
  [
    'a run',
    async () => {
      const run = await makeRun(server, FILES);
      return [mount(server), `/${run}`];
    },
  ],
  [
    'a draft',
    async () => {
      const base = `/${newCollection()}/draft`;
      const fs = mountArtifacts(server);
      layOut(fs, base);
      return [fs, base];
    },
  ],
];

describe.each(TREES)('where memfs does otherwise, %s does as the disk does', (_, make) => {
  test.each(Object.entries(DEVIATIONS))('%s', async (_name, script) => {
    const disk = await makeDirectory();
    layOut(nodeFs, disk);
    const [fs, base] = await make();
    expect(await outcomeOf(script, fs, base)).toEqual(await outcomeOf(script, nodeFs, disk));
  });
});
