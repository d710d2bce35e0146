import nodeFs from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as tar from 'tar';
import tarFs from 'tar-fs';
import { makeDirectory } from '../helpers/directories.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { measure, NOTHING, requestsOf } from '../semantics/helpers/requests.js';
import { errorOf } from '../semantics/helpers/styles.js';
import { makeTwins, makeVersionTwins, textsBelow, textsOn } from './helpers/twins.js';

type NodeFs = typeof nodeFs;

const FILES = {
  'config.yaml': 'lr: 0.1\n',
  'empty.txt': '',
  'one-byte.txt': '1',
  'logs/large.txt': 'x'.repeat(300_000),
  'logs/ünï/😀.txt': 'deep',
};
const FILE_COUNT = Object.keys(FILES).length;

type Entry = readonly [name: string, size: number, type: string, mode: number | undefined];

/** What an archive has, by name. */
async function entriesOf(archive: Buffer): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  const list = tar.list({
    onReadEntry: ({ path, size, type, mode }) => entries.push([path, size, type, mode]),
  });
  const ended = new Promise((resolve, reject) => list.on('end', resolve).on('error', reject));
  list.end(archive);
  await ended;
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}

const packed = async (fs: NodeFs, directory: string, into: NodeJS.WritableStream): Promise<void> =>
  pipeline(tarFs.pack(directory, { fs }), into);

const server = useServer(STANDARD);
let directory: string;
beforeAll(async () => {
  await server.seed({ 'lab/project/first': {} });
});
beforeEach(async () => {
  directory = await makeDirectory();
});

describe('tar-fs over a run', () => {
  test('packs a run as it packs a directory: one listing, and each file once', async () => {
    const { mountPoint, disk, mountCold } = await makeTwins(server, FILES);
    const [ofRun, ofDisk] = [join(directory, 'run.tar'), join(directory, 'disk.tar')];
    const { graphql, ...rest } = await measure(server, () =>
      packed(mountCold(), mountPoint, nodeFs.createWriteStream(ofRun)),
    );
    await packed(nodeFs, disk, nodeFs.createWriteStream(ofDisk));
    expect(await entriesOf(nodeFs.readFileSync(ofRun))).toEqual(await entriesOf(nodeFs.readFileSync(ofDisk)));
    // An empty file is known to be so.
    expect(rest).toEqual({ ...NOTHING, graphql: undefined, gets: FILE_COUNT - 1 });
    expect(graphql).toBeLessThanOrEqual(1 + (FILE_COUNT - 1));
  });

  test('extracts an archive into a run, with times and modes, and each file is uploaded once', async () => {
    const { run, mountPoint, disk, mountCold } = await makeTwins(server);
    const other = await makeTwins(server, FILES);
    const archive = join(directory, 'files.tar');
    await packed(nodeFs, other.disk, nodeFs.createWriteStream(archive));
    const fs = mountCold();
    const { puts } = await measure(server, async () => {
      await pipeline(nodeFs.createReadStream(archive), tarFs.extract(mountPoint, { fs }));
      await fs.wandb.flush();
    });
    expect(puts).toBe(FILE_COUNT);
    expect(await textsOn(server, run)).toEqual(FILES);
    await pipeline(nodeFs.createReadStream(archive), tarFs.extract(disk));
    expect(await textsBelow(fs, mountPoint)).toEqual(await textsBelow(nodeFs, disk));
    for (const name of Object.keys(FILES)) {
      const { mode, mtimeMs } = fs.statSync(join(mountPoint, name));
      const expected = nodeFs.statSync(join(disk, name));
      expect([mode, mtimeMs]).toEqual([expected.mode, expected.mtimeMs]);
    }
  });

  test('extracts nothing outside the mount, and asks the server for nothing', async () => {
    const { disk, mountPoint, mountCold } = await makeTwins(server, FILES);
    const archive = join(directory, 'files.tar');
    await packed(nodeFs, disk, nodeFs.createWriteStream(archive));
    const fs = mountCold();
    const beside = `${mountPoint}-beside`;
    const requests = await requestsOf(server, async () => {
      const failure = await errorOf(() =>
        pipeline(nodeFs.createReadStream(archive), tarFs.extract(beside, { fs })),
      );
      expect(failure).toMatchObject({ code: 'ENOENT' });
    });
    expect(requests).toEqual([]);
    expect(nodeFs.existsSync(beside)).toBe(false);
  });
});

describe('tar with streams of a run', () => {
  test('an archive is made of the disk into a run, and extracted out of the run', async () => {
    const { run, disk, mountPoint, mountCold } = await makeTwins(server, {});
    const other = await makeTwins(server, FILES);
    const fs = mountCold();
    const archive = join(mountPoint, 'files.tgz');
    const names = nodeFs.readdirSync(other.disk);
    await pipeline(tar.create({ gzip: true, cwd: other.disk }, names), fs.createWriteStream(archive));
    await fs.wandb.flush();
    expect(Object.keys(await server.files(run))).toEqual(['files.tgz']);
    const cold = mountCold();
    const cost = await measure(server, () =>
      pipeline(cold.createReadStream(archive), tar.extract({ cwd: disk })),
    );
    expect(await textsBelow(nodeFs, disk)).toEqual(FILES);
    expect(cost).toEqual({ ...NOTHING, graphql: 1, gets: 1 });
  });

  test('entries are streamed into files of a run while the archive is read', async () => {
    const { run, disk, mountPoint, mountCold } = await makeTwins(server, FILES);
    const fs = mountCold();
    fs.mkdirSync(join(mountPoint, 'extracted/logs/ünï'), { recursive: true });
    const written: Promise<void>[] = [];
    await pipeline(
      tar.create({ cwd: disk }, nodeFs.readdirSync(disk)),
      tar.list({
        onReadEntry: (entry) => {
          if (entry.type !== 'File') return;
          written.push(pipeline(entry, fs.createWriteStream(join(mountPoint, 'extracted', entry.path))));
        },
      }),
    );
    await Promise.all(written);
    await fs.wandb.flush();
    const extracted = Object.entries(await textsOn(server, run)).filter(([name]) =>
      name.startsWith('extracted/'),
    );
    expect(
      Object.fromEntries(extracted.map(([name, text]) => [name.slice('extracted/'.length), text])),
    ).toEqual(FILES);
  });
});

test('a version is packed, and the archive extracted into a draft, which becomes the same version', async () => {
  const { mountPoint, disk, mountCold } = await makeVersionTwins(server, FILES);
  const fs = mountCold();
  const archive = join(directory, 'version.tar');
  // tar-fs takes a link for a link, here as on the disk.
  await packed(fs, fs.realpathSync(join(mountPoint, 'latest')), nodeFs.createWriteStream(archive));
  const names = (await entriesOf(nodeFs.readFileSync(archive))).map(([name]) => name);
  expect(names).toEqual(expect.arrayContaining(Object.keys(FILES)));
  await pipeline(nodeFs.createReadStream(archive), tarFs.extract(join(mountPoint, 'draft'), { fs }));
  expect(await textsBelow(fs, join(mountPoint, 'draft'))).toEqual(await textsBelow(nodeFs, join(disk, 'v0')));
  expect(await fs.wandb.commit(join(mountPoint, 'draft'))).toMatchObject({
    version: 'v0',
    deduplicated: true,
  });
});

test('links of an archive are links in a draft, and are packed again as from a disk', async () => {
  const { mountPoint, disk, mountCold } = await makeVersionTwins(server, { 'a.txt': 'a' });
  const source = join(disk, 'v0');
  nodeFs.mkdirSync(join(source, 'lib'));
  nodeFs.writeFileSync(join(source, 'lib/so.1'), 'library');
  nodeFs.symlinkSync('so.1', join(source, 'lib/so'));
  nodeFs.symlinkSync('../a.txt', join(source, 'lib/up'));
  nodeFs.linkSync(join(source, 'lib/so.1'), join(source, 'hard'));
  const [archive, again] = [join(directory, 'links.tar'), join(directory, 'again.tar')];
  await pipeline(
    tar.create({ cwd: source, portable: true }, ['a.txt', 'lib', 'hard']),
    nodeFs.createWriteStream(archive),
  );
  const fs = mountCold();
  const draft = join(mountPoint, 'draft');
  await pipeline(nodeFs.createReadStream(archive), tarFs.extract(draft, { fs }));
  expect(fs.readlinkSync(join(draft, 'lib/up'))).toBe('../a.txt');
  expect(fs.statSync(join(draft, 'hard'))).toMatchObject({
    nlink: 2,
    ino: fs.statSync(join(draft, 'lib/so')).ino,
  });
  await packed(fs, draft, nodeFs.createWriteStream(again));
  const types = async (file: string) =>
    Object.fromEntries((await entriesOf(nodeFs.readFileSync(file))).map(([name, , type]) => [name, type]));
  expect(await types(again)).toMatchObject({ 'lib/so': 'SymbolicLink', 'lib/up': 'SymbolicLink' });
  const { version } = await fs.wandb.commit(draft);
  expect(await textsBelow(fs, join(mountPoint, `${version}`))).toEqual(await textsBelow(nodeFs, source));
});
