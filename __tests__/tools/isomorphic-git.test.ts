import nodeFs from 'node:fs';
import { join } from 'node:path';
import git from 'isomorphic-git';
import { makeDirectory } from '../helpers/directories.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { costOf, requestsOf } from '../semantics/helpers/requests.js';
import { type Call, callsOutside, recording, replay } from './helpers/outside.js';
import { layOut, makeTwins, textsBelow } from './helpers/twins.js';

type NodeFs = typeof nodeFs;

const FILES = { 'train.py': 'train()\n', 'src/model.py': 'class Net: ...\n' };

const author = { name: 'Ada', email: 'ada@example.com', timestamp: 1_700_000_000, timezoneOffset: 0 };

/** Two commits on main and one on a branch; their ids depend on the content and the author alone. */
async function commitTwice(fs: NodeFs, dir: string): Promise<readonly string[]> {
  await git.init({ fs, dir, defaultBranch: 'main' });
  for (const filepath of Object.keys(FILES)) await git.add({ fs, dir, filepath });
  const first = await git.commit({ fs, dir, message: 'First', author });
  await fs.promises.writeFile(join(dir, 'train.py'), 'train(lr=0.1)\n');
  await fs.promises.mkdir(join(dir, 'docs'));
  await fs.promises.writeFile(join(dir, 'docs/notes.md'), '# Notes\n');
  await git.add({ fs, dir, filepath: ['train.py', 'docs/notes.md'] });
  await git.remove({ fs, dir, filepath: 'src/model.py' });
  await fs.promises.unlink(join(dir, 'src/model.py'));
  const second = await git.commit({ fs, dir, message: 'Second', author });
  await git.branch({ fs, dir, ref: 'try', object: first, checkout: true });
  await fs.promises.writeFile(join(dir, 'train.py'), 'train(lr=1)\n');
  await git.add({ fs, dir, filepath: 'train.py' });
  const tried = await git.commit({ fs, dir, message: 'Try', author });
  await git.checkout({ fs, dir, ref: 'main' });
  return [first, second, tried];
}

/** What a repository tells of itself. */
const lookAt = async (fs: NodeFs, dir: string): Promise<unknown> => ({
  branches: await git.listBranches({ fs, dir }),
  current: await git.currentBranch({ fs, dir }),
  log: (await git.log({ fs, dir, ref: 'main' })).map(({ oid, commit }) => [oid, commit.message]),
  files: await git.listFiles({ fs, dir, ref: 'HEAD' }),
  status: await git.statusMatrix({ fs, dir }),
  mergeBase: await git.findMergeBase({
    fs,
    dir,
    oids: await Promise.all([
      git.resolveRef({ fs, dir, ref: 'try' }),
      git.resolveRef({ fs, dir, ref: 'main' }),
    ]),
  }),
});

const filesOf = async (fs: NodeFs, dir: string): Promise<unknown> => {
  const names = await fs.promises.readdir(dir, { recursive: true });
  // The index holds times and inodes.
  return names.filter((name) => name !== '.git/index').sort();
};

const server = useServer(STANDARD);

test('init, add, commit, branch, checkout, log and status do in a run what they do on the disk, to the same ids', async () => {
  const { mountPoint, disk, mountCold } = await makeTwins(server, FILES);
  const fs = mountCold();
  const ids = await commitTwice(fs, mountPoint);
  expect(ids).toEqual(await commitTwice(nodeFs, disk));
  expect(await lookAt(fs, mountPoint)).toEqual(await lookAt(nodeFs, disk));
  expect(await filesOf(fs, mountPoint)).toEqual(await filesOf(nodeFs, disk));
});

test('a repository that was committed into a run is whole for who mounts it later', async () => {
  const { run, mountPoint, mountCold } = await makeTwins(server, FILES);
  const writer = mountCold();
  const [, second] = await commitTwice(writer, mountPoint);
  await writer.wandb.flush();
  const fs = mountCold();
  expect(await git.resolveRef({ fs, dir: mountPoint, ref: 'main' })).toBe(second);
  expect(await lookAt(fs, mountPoint)).toEqual(await lookAt(writer, mountPoint));
  // And for a git of the disk, from what the server has.
  const directory = await makeDirectory();
  layOut(directory, await server.files(run));
  const [latest] = await git.log({ fs: nodeFs, dir: directory });
  expect(latest?.oid).toBe(second);
});

test('commits cost nothing but one look at the run, until what is left in the end is uploaded, each file once', async () => {
  const { mountPoint, mountCold } = await makeTwins(server);
  const fs = mountCold({ writebackDelay: 60_000 });
  const requests = await requestsOf(server, async () => {
    layOutIn(fs, mountPoint);
    await commitTwice(fs, mountPoint);
  });
  expect(costOf(requests)).toMatchObject({ graphql: 1, gets: 0, puts: 0, others: 0 });
  const flushed = await requestsOf(server, () => fs.wandb.flush());
  const left = Object.keys(await textsBelow(fs, mountPoint)).length;
  expect(costOf(flushed)).toMatchObject({ graphql: 2, gets: 0, puts: left, others: 0 });
});

test('a bare repository that lies in a run is checked out into that run', async () => {
  const source = await makeDirectory();
  layOut(source, FILES);
  const [, second] = await commitTwice(nodeFs, source);
  const bare = await textsOfGitDirectory(join(source, '.git'));
  const { run, mountPoint, mountCold } = await makeTwins(server);
  await server.seed({ [run]: bare });
  const fs = mountCold();
  const gitdir = join(mountPoint, 'repository.git');
  const work = join(mountPoint, 'work');
  const requests = await requestsOf(server, async () => {
    fs.mkdirSync(work);
    await git.checkout({ fs, dir: work, gitdir, ref: 'main' });
    const [latest] = await git.log({ fs, gitdir });
    expect(latest?.oid).toBe(second);
  });
  expect(await textsBelow(fs, work)).toEqual({ 'train.py': 'train(lr=0.1)\n', 'docs/notes.md': '# Notes\n' });
  // Each object and reference is read once, for an address and a GET; all else is known from the listing.
  const { gets, graphql } = costOf(requests);
  expect(gets).toBeLessThanOrEqual(Object.keys(bare).length);
  expect(graphql).toBeLessThanOrEqual(1 + gets + 2);
});

test('a run without a repository: git looks for one up to the root of the disk, for one request', async () => {
  const { mountPoint, mountCold } = await makeTwins(server, FILES);
  const calls: Call[] = [];
  const fs = recording(mountCold(), calls);
  const requests = await requestsOf(server, async () => {
    await expect(git.findRoot({ fs, filepath: join(mountPoint, 'src') })).rejects.toMatchObject({
      code: 'NotFoundError',
    });
  });
  expect(costOf(requests)).toMatchObject({ graphql: 1, gets: 0 });
  const outside = callsOutside(calls, mountPoint);
  expect(outside.map(({ args: [path] }) => path)).toContain('/.git');
  const cold = mountCold();
  expect(await requestsOf(server, () => replay(cold, outside))).toEqual([]);
});

function layOutIn(fs: NodeFs, directory: string): void {
  fs.mkdirSync(join(directory, 'src'));
  for (const [name, content] of Object.entries(FILES)) fs.writeFileSync(join(directory, name), content);
}

/** A `.git` as a bare repository `repository.git`, without the index, which belongs to the files beside it. */
async function textsOfGitDirectory(directory: string): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  for (const name of await nodeFs.promises.readdir(directory, { recursive: true })) {
    if (name === 'index' || !nodeFs.statSync(join(directory, name)).isFile()) continue;
    files[`repository.git/${name}`] = nodeFs.readFileSync(join(directory, name));
  }
  return files;
}
