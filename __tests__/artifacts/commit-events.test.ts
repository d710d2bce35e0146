import { heard } from '../semantics/helpers/channels.js';
import { commit } from './helpers/drafts.js';
import { errorOf, mount, newCollection, useLab } from './helpers/mounts.js';

const server = useLab();
afterEach(() => server.faults([]));

test('a commit tells of each file that it sends, and its requests are counted', async () => {
  const fs = mount(server);
  const collection = `/${newCollection()}`;
  const draft = `${collection}/draft`;
  const [uploads, requests] = [heard('upload'), heard('request')];
  await fs.promises.mkdir(draft, { recursive: true });
  await fs.promises.writeFile(`${draft}/a.txt`, 'content a');
  // What is in a draft waits for its commit.
  expect(uploads).toEqual([]);
  await fs.wandb.commit(draft);
  const path = `${draft}/a.txt`;
  expect(uploads.at(-1)).toEqual({ path, state: 'durable', bytes: 9, size: 9, error: null });
  expect(uploads.slice(0, -1).map(({ state }) => state)).toContain('sending');
  expect(requests.map(({ operation }) => operation)).toContain('CommitArtifact');
  const { mutation, put } = fs.wandb.counters().requests;
  expect(mutation.count).toBe(requests.filter(({ kind }) => kind === 'mutation').length);
  // The file, and the manifest.
  expect(put.count).toBe(2);
  expect(put.sentBytes).toBeGreaterThan(9);
});

test('a commit tells of its progress by the names of the draft', async () => {
  const fs = mount(server);
  const collection = newCollection();
  const told = new Map<string, number>();
  fs.wandb.uploads.on('progress', ({ path, sent }) => told.set(path, sent));
  await commit(fs, collection, { 'dir/a.txt': 'four', 'ü.bin': Buffer.alloc(300_000) });
  await new Promise(setImmediate);
  expect(Object.fromEntries(told)).toEqual({
    [`/${collection}/draft/dir/a.txt`]: 4,
    [`/${collection}/draft/ü.bin`]: 300_000,
  });
});

test('a commit that fails is told of by its draft', async () => {
  const fs = mount(server);
  const draft = `/${newCollection()}/draft`;
  const uploads = heard('upload');
  await fs.promises.mkdir(draft, { recursive: true });
  await fs.promises.writeFile(`${draft}/a.txt`, 'content b');
  await server.faults([{ match: { side: 'api', operation: 'CommitArtifact' }, graphqlError: 'no' }]);
  fs.wandb.uploads.on('failed', () => {});
  const { code } = (await errorOf(fs.wandb.commit(draft))) as NodeJS.ErrnoException;
  expect(uploads.at(-1)).toEqual({ path: draft, state: 'failed', bytes: null, size: null, error: code });
});
