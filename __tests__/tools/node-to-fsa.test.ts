import nodeFs from 'node:fs';
import { nodeToFsa } from 'memfs/lib/node-to-fsa/index.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { measure, NOTHING, requestsOf } from '../semantics/helpers/requests.js';
import { makeTwins, textsBelow, textsOn } from './helpers/twins.js';

type NodeFs = typeof nodeFs;
type Root = ReturnType<typeof nodeToFsa>;

const FILES = { 'logs/1.txt': 'one', 'logs/deep/2.txt': 'two', 'config.yaml': 'lr: 0.1\n' };

const rootOf = (fs: NodeFs, directory: string): Root =>
  nodeToFsa(fs as never, directory, { mode: 'readwrite' });

/** Reads and lists a tree as a page in a browser would. */
async function look(root: Root): Promise<unknown> {
  const entries: unknown[] = [];
  for await (const [name, handle] of root.entries()) entries.push([name, handle.kind]);
  const logs = await root.getDirectoryHandle('logs');
  const file = await (await logs.getFileHandle('1.txt')).getFile();
  const missing: unknown = await root.getFileHandle('missing').catch((error: unknown) => error);
  const mismatch: unknown = await root.getFileHandle('logs').catch((error: unknown) => error);
  return {
    entries: entries.sort(),
    file: [file.name, file.size, await file.text()],
    failures: [missing, mismatch].map((error) => (error as Error).name),
  };
}

/** What removing said: Node 26 refuses the option with which nodeToFsa removes directories, ours there as well. */
async function change(root: Root): Promise<readonly unknown[]> {
  const made = await root.getDirectoryHandle('made', { create: true });
  const file = await made.getFileHandle('new.txt', { create: true });
  const writable = await file.createWritable();
  await writable.write('0123456789');
  await writable.write({ type: 'write', position: 2, data: 'xx' });
  await writable.truncate(8);
  await writable.close();
  const appended = await (await root.getFileHandle('config.yaml')).createWritable({ keepExistingData: true });
  await appended.seek(8);
  await appended.write('seed: 1\n');
  await appended.close();
  const logs = await root.getDirectoryHandle('logs');
  await (await logs.getDirectoryHandle('deep')).removeEntry('2.txt');
  await logs.removeEntry('1.txt');
  return [await outcomeOf(logs.removeEntry('deep')), await outcomeOf(root.removeEntry('logs'))];
}

const outcomeOf = (removal: Promise<void>): Promise<unknown> =>
  removal.then(
    () => 'removed',
    (error: Error) => error.message,
  );

const server = useServer(STANDARD);

test('nodeToFsa shows a run as it shows the disk: one request, and two for the file that is read', async () => {
  const { mountPoint, disk, mountCold } = await makeTwins(server, FILES);
  const root = rootOf(mountCold(), mountPoint);
  let seen: unknown;
  const cost = await measure(server, async () => {
    seen = await look(root);
  });
  expect(seen).toEqual(await look(rootOf(nodeFs, disk)));
  expect(cost).toEqual({ ...NOTHING, graphql: 2, gets: 1 });
});

test('files are made, rewritten and removed in a run as on the disk, and uploaded once', async () => {
  const { run, mountPoint, disk, mountCold } = await makeTwins(server, FILES);
  const fs = mountCold({ writebackDelay: 60_000 });
  let removals: unknown;
  const { puts } = await measure(server, async () => {
    removals = await change(rootOf(fs, mountPoint));
    await fs.wandb.flush();
  });
  expect(removals).toEqual(await change(rootOf(nodeFs, disk)));
  expect(nodeFs.existsSync(`${disk}/logs`)).toBe(fs.existsSync(`${mountPoint}/logs`));
  const onDisk = await textsBelow(nodeFs, disk);
  expect(onDisk).toEqual({ 'config.yaml': 'lr: 0.1\nseed: 1\n', 'made/new.txt': '01xx4567' });
  expect(await textsBelow(fs, mountPoint)).toEqual(onDisk);
  expect(await textsOn(server, run)).toEqual(onDisk);
  // The two files, and none of the temporary ones that the rewrites go through.
  expect(puts).toBe(2);
});

test('a directory outside the mount is not there, and costs no request', async () => {
  const { disk, mountCold } = await makeTwins(server, FILES);
  const root = rootOf(mountCold(), disk);
  const requests = await requestsOf(server, async () => {
    const missing: unknown = await root.getFileHandle('config.yaml').catch((error: unknown) => error);
    expect((missing as Error).name).toBe('NotFoundError');
  });
  expect(requests).toEqual([]);
});
