import nodeFs from 'node:fs';
import { join } from 'node:path';
import AdmZip from 'adm-zip';
import { mountAll } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { mount } from '../semantics/helpers/mounts.js';
import { costOf, requestsOf } from '../semantics/helpers/requests.js';
import { makeTwins, textsBelow, textsOn } from './helpers/twins.js';

type NodeFs = typeof nodeFs;

const FILES = { 'logs/1.txt': 'one', 'logs/deep/2.txt': 'two', 'config.yaml': 'lr: 0.1\n' };
const LOGS = { 'logs/1.txt': 'one', 'logs/deep/2.txt': 'two' };

/** Packs the logs of a directory into an archive there, and extracts that beside it: by sync calls alone. */
function packAndExtract(fs: NodeFs, directory: string): void {
  const archive = new AdmZip(undefined, { fs });
  archive.addLocalFolder(join(directory, 'logs'), 'logs');
  archive.writeZip(join(directory, 'logs.zip'));
  new AdmZip(join(directory, 'logs.zip'), { fs }).extractAllTo(join(directory, 'extracted'), true);
}

const server = useServer(STANDARD);

test('adm-zip packs and extracts in a run that is the root of its filesystem: one listing, each file once', async () => {
  const { run, disk } = await makeTwins(server, FILES);
  const fs = mount(server, { root: run, writebackDelay: 60_000 });
  const requests = await requestsOf(server, () => packAndExtract(fs, '/'));
  packAndExtract(nodeFs, disk);
  expect(await textsBelow(fs, '/extracted')).toEqual(LOGS);
  expect(await textsBelow(nodeFs, join(disk, 'extracted'))).toEqual(LOGS);
  expect(costOf(requests)).toMatchObject({ graphql: 1 + 2, gets: 2, puts: 0, others: 0 });
});

test('and in one that is mounted over the disk', async () => {
  const { run, mountPoint, mountCold } = await makeTwins(server, FILES);
  const tree = mountCold();
  packAndExtract(mountAll({ [mountPoint]: tree }, nodeFs), mountPoint);
  await tree.wandb.flush();
  expect(await textsOn(server, run)).toMatchObject({
    'extracted/logs/1.txt': 'one',
    'extracted/logs/deep/2.txt': 'two',
  });
  expect(nodeFs.existsSync(mountPoint)).toBe(false);
});

test('a tool that makes all directories from `/` down by itself fails where the tree alone is mounted below it', async () => {
  const { mountPoint, mountCold } = await makeTwins(server, FILES);
  const fs = mountCold();
  const requests = await requestsOf(server, () => {
    const archive = new AdmZip(undefined, { fs });
    archive.addFile('a.txt', Buffer.from('a'));
    expect(() => archive.extractAllTo(join(mountPoint, 'extracted'), true)).toThrow(
      expect.objectContaining({ code: 'ENOENT', syscall: 'mkdir' }),
    );
  });
  // Whether the file is there, which lies in the mount; none for the directories above it.
  expect(costOf(requests)).toMatchObject({ graphql: 1, gets: 0, puts: 0, others: 0 });
});
