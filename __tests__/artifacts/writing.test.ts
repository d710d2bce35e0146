import { createHash } from 'node:crypto';
import { type CommitOptions, createWandbArtifactFs, type WandbFs } from 'wandb-fs';
import { ARTIFACT_FEATURES, RUN_FEATURES } from 'wandb-fs/testing';
import { commit } from './helpers/drafts.js';
import { killWhileCommitting } from './helpers/killed.js';
import { errorOf, mount, newCollection, requestsOf, startLab, textsOf, useLab } from './helpers/mounts.js';

const server = useLab({
  features: [...RUN_FEATURES, ...ARTIFACT_FEATURES, 'ARTIFACT_DIGEST_ALGORITHM'],
});

/** Another instance, which has never looked at the collection of a test. */
let elsewhere: WandbFs;
beforeAll(() => {
  elsewhere = createWandbArtifactFs({ baseUrl: server.url, apiKey: server.apiKey });
});
afterAll(() => elsewhere.wandb.close());

describe('the digest of a version is the official one', () => {
  test.each<readonly [string, Readonly<Record<string, string>>, CommitOptions, string]>([
    ['two files', { 'a.txt': 'hello', 'dir/b.txt': 'world' }, {}, 'd5c8ee9d0f3d9920eac09930283deda9'],
    ['no files', {}, {}, '64e7c61456b10382e2f3b571ac24b659'],
    ['an empty file', { empty: '' }, {}, '96743a9b25c5c9fe3480f65327301e00'],
    [
      'names beyond the basic plane, in the order of code points',
      { '\u{1F600}.txt': 'x', '\uFF01.txt': 'x', '\u00E9.txt': 'x' },
      {},
      '28299aaa07b5f5dad412b9bd38d2baed',
    ],
    [
      'XXH128',
      { 'a.txt': 'hello', 'dir/b.txt': 'world' },
      { digestAlgorithm: 'XXH128' },
      '6c646d2e89d59a2ba329c524d5abda80',
    ],
  ])('%s', async (_what, files, options, digest) => {
    const fs = mount(server);
    const collection = newCollection();
    expect(await commit(fs, collection, files, options)).toMatchObject({ version: 'v0', digest });
    expect(await textsOf(elsewhere, `/${collection}/v0`)).toEqual(files);
  });

  test('a reference', async () => {
    const fs = mount(server);
    const collection = newCollection();
    await fs.promises.mkdir(`/${collection}/draft`, { recursive: true });
    await fs.promises.symlink('foo://b/k', `/${collection}/draft/r`);
    expect(await fs.wandb.commit(`/${collection}/draft`)).toMatchObject({
      digest: '8788180c45ec3a89c805e5cef01c3501',
    });
    expect(await elsewhere.promises.readlink(`/${collection}/v0/r`)).toBe('foo://b/k');
  });
});

describe('a commit', () => {
  test('shows everywhere, with its aliases, metadata, description, tags and lifetime', async () => {
    const fs = mount(server);
    const collection = newCollection();
    const options = {
      aliases: ['prod', 'best'],
      description: 'why',
      metadata: { lr: 0.1, nested: { deep: [1, 2] } },
      tags: ['one', 'two'],
      ttl: 86_400,
    };
    const committed = await commit(fs, collection, { 'a.txt': 'one' }, options);
    expect(committed).toMatchObject({ version: 'v0', deduplicated: false });
    expect([...committed.aliases].sort()).toEqual(['best', 'latest', 'prod']);
    for (const seen of [fs, elsewhere]) {
      expect(await seen.promises.readdir(`/${collection}`)).toEqual(['best', 'latest', 'prod', 'v0']);
      expect(await seen.wandb.info(`/${collection}/prod`)).toMatchObject({
        description: 'why',
        metadata: options.metadata,
        ttlSeconds: 86_400,
        digest: committed.digest,
        id: committed.id,
      });
    }
  });

  test('of the content that the latest version has makes no new one, says so, and sets the aliases', async () => {
    const fs = mount(server);
    const collection = newCollection();
    await commit(fs, collection, { 'a.txt': 'one', 'b/c.txt': 'two' });
    const counts = await requestsOf(server, async () => {
      expect(
        await commit(fs, collection, { 'a.txt': 'one', 'b/c.txt': 'two' }, { aliases: ['again'] }),
      ).toMatchObject({
        version: 'v0',
        deduplicated: true,
      });
    });
    expect(counts['PUT content'] ?? 0).toBe(0);
    expect(counts.CommitArtifact ?? 0).toBe(0);
    expect(await elsewhere.promises.readdir(`/${collection}`)).toEqual(['again', 'latest', 'v0']);
  });

  test('by rename does the same, and works with sync calls', () => {
    const fs = mount(server);
    const collection = newCollection();
    fs.mkdirSync(`/${collection}/draft`, { recursive: true });
    fs.writeFileSync(`/${collection}/draft/a.txt`, 'one');
    fs.renameSync(`/${collection}/draft`, `/${collection}/@commit+prod`);
    expect(fs.readdirSync(`/${collection}`)).toEqual(['latest', 'prod', 'v0']);
    expect(fs.readFileSync(`/${collection}/prod/a.txt`, 'utf8')).toBe('one');
    fs.mkdirSync(`/${collection}/draft`);
    fs.writeFileSync(`/${collection}/draft/a.txt`, 'two');
    expect(fs.wandb.commitSync(`/${collection}/draft`)).toMatchObject({ version: 'v1' });
  });

  test('that blocks its thread is waited for, however long the server is silent', async () => {
    const own = await startLab();
    const fs = mount(own, { syncTimeout: 2000 });
    const collection = newCollection();
    fs.mkdirSync(`/${collection}/draft`, { recursive: true });
    fs.writeFileSync(`/${collection}/draft/a.txt`, 'one');
    await own.faults([{ match: { operation: 'CommitArtifact' }, delayMs: 4000 }]);
    expect(fs.wandb.commitSync(`/${collection}/draft`)).toMatchObject({ version: 'v0' });
  });

  test('of copies whose collection was made anew meanwhile is ESTALE, and nothing is mixed', async () => {
    const [fs, other] = [mount(server), mount(server, { allowDelete: ['collection'] })];
    const [source, collection] = [newCollection(), newCollection()];
    await commit(fs, source, { 'a.txt': 'copied' });
    await fs.promises.cp(`/${source}/v0`, `/${collection}/draft`, { recursive: true });
    await other.promises.rm(`/${source}`, { recursive: true });
    await commit(other, source, { 'a.txt': 'something else' });
    fs.wandb.refresh();
    await fs.promises.readdir(`/${source}/v0`);
    const error = await errorOf(fs.wandb.commit(`/${collection}/draft`));
    expect(error).toMatchObject({ code: expect.stringMatching(/^(ESTALE|ENOENT|EIO)$/), syscall: 'commit' });
    expect(error.message).toContain('a.txt');
    expect(elsewhere.existsSync(`/${collection}/v0`)).toBe(false);
  });

  test('with `incremental` leaves everything else as it was', async () => {
    const fs = mount(server);
    const collection = newCollection();
    await commit(fs, collection, { 'a.txt': 'one', 'b.txt': 'two' });
    const counts = await requestsOf(server, () =>
      commit(fs, collection, { 'b.txt': 'new', 'c.txt': 'three' }, { incremental: true }),
    );
    expect(counts['PUT content']).toBe(2);
    const all = { 'a.txt': 'one', 'b.txt': 'new', 'c.txt': 'three' };
    expect(await textsOf(fs, `/${collection}/latest`)).toEqual(all);
    expect(await textsOf(elsewhere, `/${collection}/v1`)).toEqual(all);
  });

  test('is logged by the given run, or by one of job type `auto` that has finished', async () => {
    const fs = mount(server);
    await server.seed({ 'lab/project/train-1': {} });
    const collection = newCollection();
    const named = await requestsOf(server, () =>
      commit(fs, collection, { 'a.txt': 'one' }, { runId: 'train-1' }),
    );
    expect(named.UpsertBucket ?? 0).toBe(0);
    await commit(fs, collection, { 'a.txt': 'two' });
    await commit(fs, collection, { 'a.txt': 'three' });
    expect(await fs.promises.readdir(`/${collection}`)).toEqual(['latest', 'v0', 'v1', 'v2']);
  });

  test('of a large file goes in parts, each read from where it lies', async () => {
    const fs = mount(server, { multipartBytes: 300_000, partBytes: 100_000, cacheBytes: 1024 * 1024 });
    const collection = newCollection();
    const bytes = Buffer.alloc(350_001, 'multipart ');
    const counts = await requestsOf(server, () => commit(fs, collection, { big: bytes, small: 'x' }));
    expect(counts['PUT content']).toBe(5);
    expect(counts.CompleteMultipartUploadArtifact).toBe(1);
    const stored = (await server.artifactFiles(collection.replace('/dataset', ''))).big ?? Buffer.alloc(0);
    expect(createHash('md5').update(stored).digest('hex')).toBe(
      createHash('md5').update(bytes).digest('hex'),
    );
  });
});

describe('nothing is seen of a commit that failed', () => {
  test.each([
    ['declaring the files', 'CreateArtifactFiles'],
    ['the last step', 'CommitArtifact'],
  ])('at %s', async (_what, operation) => {
    const own = await startLab();
    const fs = mount(own);
    const collection = newCollection();
    await commit(fs, collection, { 'a.txt': 'one' });
    await own.faults([{ match: { operation }, status: 403, times: 100 }]);
    const draft = `/${collection}/draft`;
    const error = await errorOf(commit(fs, collection, { 'a.txt': 'two' }));
    expect(error).toMatchObject({ syscall: 'commit', path: draft });
    await own.faults([]);
    expect(await mount(own).promises.readdir(`/${collection}`)).toEqual(['latest', 'v0']);
    // The draft is as it was, and can be committed when the server is well again.
    expect(await fs.promises.readFile(`${draft}/a.txt`, 'utf8')).toBe('two');
    expect(await fs.wandb.commit(draft)).toMatchObject({ version: 'v1' });
    expect(await textsOf(mount(own), `/${collection}/v1`)).toEqual({ 'a.txt': 'two' });
  });

  test('because its process died', async () => {
    const own = await startLab();
    const collection = newCollection();
    const fs = mount(own);
    await commit(fs, collection, { 'a.txt': 'one' });
    await killWhileCommitting(own, collection);
    expect(await mount(own).promises.readdir(`/${collection}`)).toEqual(['latest', 'v0']);
  });
});

describe('what W&B would not take is refused with its rule', () => {
  test.each<readonly [string, string, CommitOptions, RegExp]>([
    ['an alias with a slash', newCollection(), { aliases: ['a/b'] }, /alias/i],
    ['an alias that is a version', newCollection(), { aliases: ['v3'] }, /alias/i],
    ['a tag with a comma', newCollection(), { tags: ['a,b'] }, /tag/i],
    ['a collection with a space', 'lab/project/dataset/a b', {}, /name|collection/i],
    ['a type that W&B keeps', 'lab/project/job/mine', {}, /type/i],
  ])('%s', async (_what, collection, options, rule) => {
    const fs = mount(server);
    const error = await errorOf(commit(fs, collection, { 'a.txt': 'x' }, options));
    expect(error).toMatchObject({ code: 'EINVAL', syscall: 'commit' });
    expect(error.message).toMatch(rule);
  });
});

describe('distributed drafts', () => {
  test('several instances contribute to one version, and one finishes it', async () => {
    const collection = newCollection();
    const [one, two, three] = [mount(server), mount(server), mount(server)];
    const distributedId = 'training-7';
    const part = { distributedId, finish: false };
    await server.seed({ 'lab/project/rank-0': {} });
    expect(await commit(one, collection, { 'rank0.bin': '0' }, part)).toMatchObject({ version: null });
    expect(await commit(two, collection, { 'sub/rank1.bin': '1' }, part)).toMatchObject({ version: null });
    expect(mount(server).existsSync(`/${collection}/v0`)).toBe(false);
    expect(await commit(three, collection, { 'rank2.bin': '2' }, { distributedId })).toMatchObject({
      version: 'v0',
    });
    expect(await textsOf(mount(server), `/${collection}/latest`)).toEqual({
      'rank0.bin': '0',
      'rank2.bin': '2',
      'sub/rank1.bin': '1',
    });
  });
});
