import { Failure } from '../../src/contract/failure.js';
import { COLLECTION, DRAFT, holdCommit, mountVersions, STORED_COLLECTION } from './helpers/mount-versions.js';

describe('a commit', () => {
  test('makes the draft a version, with its aliases, and the draft is gone', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(DRAFT);
    await fs.promises.writeFile(`${DRAFT}/a.txt`, 'third');
    const options = { aliases: ['prod'], description: 'why', metadata: { lr: 1 }, tags: ['t'] };
    expect(await fs.wandb.commit(DRAFT, options)).toEqual({
      version: 'v2',
      id: 'id',
      digest: expect.stringMatching(/^[0-9a-f]{32}$/),
      aliases: ['latest', 'prod'],
      deduplicated: false,
    });
    expect(store.options).toMatchObject(options);
    expect(await fs.promises.readdir(COLLECTION)).toEqual(['latest', 'old', 'prod', 'v0', 'v1', 'v2']);
    expect(await fs.promises.readlink(`${COLLECTION}/prod`)).toBe('v2');
    expect(await fs.promises.readFile(`${COLLECTION}/latest/a.txt`, 'utf8')).toBe('third');
  });

  test('can be a rename, for who knows only `fs`', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(DRAFT);
    await fs.promises.writeFile(`${DRAFT}/a.txt`, 'third');
    await fs.promises.rename(DRAFT, `${COLLECTION}/@commit+prod+best`);
    expect(store.options?.aliases).toEqual(['prod', 'best']);
    expect(await fs.promises.readlink(`${COLLECTION}/best`)).toBe('v2');
    await fs.promises.mkdir(DRAFT);
    await fs.promises.rename(DRAFT, `${COLLECTION}/@commit`);
    expect(store.options?.aliases).toEqual([]);
    expect(fs.existsSync(DRAFT)).toBe(false);
  });

  test('that fails leaves the draft as it was, to be committed again', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(DRAFT);
    await fs.promises.writeFile(`${DRAFT}/a.txt`, 'third');
    store.nextCommit = { fail: new Failure('EIO', 'An upload failed.') };
    await expect(fs.wandb.commit(DRAFT)).rejects.toMatchObject({
      code: 'EIO',
      syscall: 'commit',
      path: DRAFT,
    });
    expect(store.collections.get(STORED_COLLECTION)?.versions.size).toBe(2);
    expect(await fs.promises.readFile(`${DRAFT}/a.txt`, 'utf8')).toBe('third');
    expect(await fs.wandb.commit(DRAFT)).toMatchObject({ version: 'v2' });
  });

  test('shows the draft until the version is there; who writes into it meanwhile waits', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(DRAFT);
    await fs.promises.writeFile(`${DRAFT}/a.txt`, 'third');
    const letGo = holdCommit(store);
    const committing = fs.wandb.commit(DRAFT);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await fs.promises.readFile(`${DRAFT}/a.txt`, 'utf8')).toBe('third');
    const writing = fs.promises.writeFile(`${DRAFT}/late.txt`, 'x');
    letGo();
    expect(await committing).toMatchObject({ version: 'v2' });
    await expect(writing).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await fs.promises.readdir(`${COLLECTION}/v2`)).toEqual(['a.txt']);
  });

  test('waits for no open writer: it is refused', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(DRAFT);
    const handle = await fs.promises.open(`${DRAFT}/a.txt`, 'w');
    await expect(fs.wandb.commit(DRAFT)).rejects.toMatchObject({ code: 'EBUSY' });
    await handle.close();
    const reader = await fs.promises.open(`${DRAFT}/a.txt`);
    await fs.wandb.commit(DRAFT);
    expect(await reader.readFile('utf8')).toBe('');
    await reader.close();
    expect(store.collections.get(STORED_COLLECTION)?.versions.size).toBe(3);
  });

  test.each([
    ['a version', `${COLLECTION}/v0`],
    ['a collection', COLLECTION],
    ['an alias', `${COLLECTION}/latest`],
  ])('of %s is EINVAL', async (_what, path) => {
    const { fs } = mountVersions();
    await expect(fs.wandb.commit(path)).rejects.toMatchObject({ code: 'EINVAL', syscall: 'commit' });
  });

  test.each([
    [{ aliases: 'prod' }, 'ERR_INVALID_ARG_TYPE'],
    [{ ttl: 0 }, 'ERR_INVALID_ARG_VALUE'],
    [{ digestAlgorithm: 'SHA1' }, 'ERR_INVALID_ARG_VALUE'],
    [{ alias: ['prod'] }, 'ERR_INVALID_ARG_VALUE'],
    [{ metadata: 7 }, 'ERR_INVALID_ARG_TYPE'],
    [{ metadata: new Map([['lr', 1]]) }, 'ERR_INVALID_ARG_VALUE'],
    [{ metadata: { labels: new Set(['a']) } }, 'ERR_INVALID_ARG_VALUE'],
  ])('with %j is refused before anything happens', async (options, code) => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(DRAFT);
    const before = store.log.length;
    await expect(fs.wandb.commit(DRAFT, options as object)).rejects.toMatchObject({ code });
    expect(store.log).toHaveLength(before);
  });
});

describe('names in `@commit+…` are those that the tree shows', () => {
  test.each([
    ['@commit+%2E', ['.']],
    ['@commit+a b+ü', ['a b', 'ü']],
  ])('%s', async (name, aliases) => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(DRAFT);
    await fs.promises.rename(DRAFT, `${COLLECTION}/${name}`);
    expect(store.options?.aliases).toEqual(aliases);
  });

  test.each(['@commit+@x', '@commit+v7'])('%s is EINVAL', async (name) => {
    const { fs } = mountVersions();
    await fs.promises.mkdir(DRAFT);
    await expect(fs.promises.rename(DRAFT, `${COLLECTION}/${name}`)).rejects.toMatchObject({
      code: 'EINVAL',
    });
  });
});

describe('where no sync call can wait, a change is refused before it is sent', () => {
  test('commitSync, renameSync and unlinkSync', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(DRAFT);
    await fs.promises.readdir(COLLECTION);
    for (const change of [
      () => fs.wandb.commitSync(DRAFT),
      () => fs.renameSync(DRAFT, `${COLLECTION}/@commit`),
      () => fs.unlinkSync(`${COLLECTION}/prod`),
    ]) {
      expect(change).toThrow(expect.objectContaining({ code: 'ENOTSUP' }));
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(store.log.filter((line) => /^(commit|remove)/.test(line))).toEqual([]);
    expect(await fs.wandb.commit(DRAFT)).toMatchObject({ version: 'v2' });
  });
});

describe('metadata is what JSON makes of it, and the caller may go on changing his', () => {
  test.each([
    ['a date', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
    ['a URL', { u: new URL('http://a/b') }, { u: 'http://a/b' }],
    ['NaN', { x: Number.NaN }, { x: null }],
    ['undefined', { x: undefined }, {}],
  ])('%s', async (_what, metadata, plain) => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(DRAFT);
    await fs.wandb.commit(DRAFT, { metadata });
    expect(store.options?.metadata).toEqual(plain);
  });

  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  test.each([
    ['a function', { f: () => {} }],
    ['a bigint', { n: 1n }],
    ['infinity', { x: Number.POSITIVE_INFINITY }],
    ['a cycle', cycle],
  ])('%s is refused', async (_what, metadata) => {
    const { fs } = mountVersions();
    await fs.promises.mkdir(DRAFT);
    await expect(fs.wandb.commit(DRAFT, { metadata })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARG_VALUE',
    });
  });
});
