import { Failure } from '../../src/contract/failure.js';
import { treePath } from '../../src/contract/tree-path.js';
import { mountVersions } from './helpers/mount-versions.js';

const C = '/e/p/t/c';
const D = `${C}/draft`;

describe('a commit', () => {
  test('makes the draft a version, with its aliases, and the draft is gone', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(D);
    await fs.promises.writeFile(`${D}/a.txt`, 'third');
    const options = { aliases: ['prod'], description: 'why', metadata: { lr: 1 }, tags: ['t'] };
    expect(await fs.wandb.commit(D, options)).toEqual({
      version: 'v2',
      id: 'id',
      digest: expect.stringMatching(/^[0-9a-f]{32}$/),
      aliases: ['latest', 'prod'],
      deduplicated: false,
    });
    expect(store.options).toMatchObject(options);
    expect(await fs.promises.readdir(C)).toEqual(['latest', 'old', 'prod', 'v0', 'v1', 'v2']);
    expect(await fs.promises.readlink(`${C}/prod`)).toBe('v2');
    expect(await fs.promises.readFile(`${C}/latest/a.txt`, 'utf8')).toBe('third');
  });

  test('can be a rename, for who knows only `fs`', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(D);
    await fs.promises.writeFile(`${D}/a.txt`, 'third');
    await fs.promises.rename(D, `${C}/@commit+prod+best`);
    expect(store.options?.aliases).toEqual(['prod', 'best']);
    expect(await fs.promises.readlink(`${C}/best`)).toBe('v2');
    await fs.promises.mkdir(D);
    await fs.promises.rename(D, `${C}/@commit`);
    expect(store.options?.aliases).toEqual([]);
    expect(fs.existsSync(D)).toBe(false);
  });

  test('that fails leaves the draft as it was, to be committed again', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(D);
    await fs.promises.writeFile(`${D}/a.txt`, 'third');
    store.nextCommit = { fail: new Failure('EIO', 'An upload failed.') };
    await expect(fs.wandb.commit(D)).rejects.toMatchObject({ code: 'EIO', syscall: 'commit', path: D });
    expect(store.collections.get(treePath('e/p/t/c'))?.versions.size).toBe(2);
    expect(await fs.promises.readFile(`${D}/a.txt`, 'utf8')).toBe('third');
    expect(await fs.wandb.commit(D)).toMatchObject({ version: 'v2' });
  });

  test('shows the draft until the version is there; who writes into it meanwhile waits', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(D);
    await fs.promises.writeFile(`${D}/a.txt`, 'third');
    let go = (): void => {};
    store.nextCommit = {
      until: new Promise((resolve) => {
        go = resolve;
      }),
    };
    const committing = fs.wandb.commit(D);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await fs.promises.readFile(`${D}/a.txt`, 'utf8')).toBe('third');
    const writing = fs.promises.writeFile(`${D}/late.txt`, 'x');
    go();
    expect(await committing).toMatchObject({ version: 'v2' });
    await expect(writing).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await fs.promises.readdir(`${C}/v2`)).toEqual(['a.txt']);
  });

  test('waits for no open writer: it is refused', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(D);
    const handle = await fs.promises.open(`${D}/a.txt`, 'w');
    await expect(fs.wandb.commit(D)).rejects.toMatchObject({ code: 'EBUSY' });
    await handle.close();
    const reader = await fs.promises.open(`${D}/a.txt`);
    await fs.wandb.commit(D);
    expect(await reader.readFile('utf8')).toBe('');
    await reader.close();
    expect(store.collections.get(treePath('e/p/t/c'))?.versions.size).toBe(3);
  });

  test.each([
    ['a version', `${C}/v0`],
    ['a collection', C],
    ['an alias', `${C}/latest`],
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
    await fs.promises.mkdir(D);
    const before = store.log.length;
    await expect(fs.wandb.commit(D, options as object)).rejects.toMatchObject({ code });
    expect(store.log).toHaveLength(before);
  });
});

describe('names in `@commit+…` are those that the tree shows', () => {
  test.each([
    ['@commit+%2E', ['.']],
    ['@commit+a b+ü', ['a b', 'ü']],
  ])('%s', async (name, aliases) => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(D);
    await fs.promises.rename(D, `${C}/${name}`);
    expect(store.options?.aliases).toEqual(aliases);
  });

  test.each(['@commit+@x', '@commit+v7'])('%s is EINVAL', async (name) => {
    const { fs } = mountVersions();
    await fs.promises.mkdir(D);
    await expect(fs.promises.rename(D, `${C}/${name}`)).rejects.toMatchObject({ code: 'EINVAL' });
  });
});

describe('where no sync call can wait, a change is refused before it is sent', () => {
  test('commitSync, renameSync and unlinkSync', async () => {
    const { fs, store } = mountVersions();
    await fs.promises.mkdir(D);
    await fs.promises.readdir(C);
    for (const change of [
      () => fs.wandb.commitSync(D),
      () => fs.renameSync(D, `${C}/@commit`),
      () => fs.unlinkSync(`${C}/prod`),
    ]) {
      expect(change).toThrow(expect.objectContaining({ code: 'ENOTSUP' }));
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(store.log.filter((line) => /^(commit|remove)/.test(line))).toEqual([]);
    expect(await fs.wandb.commit(D)).toMatchObject({ version: 'v2' });
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
    await fs.promises.mkdir(D);
    await fs.wandb.commit(D, { metadata });
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
    await fs.promises.mkdir(D);
    await expect(fs.wandb.commit(D, { metadata })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
  });
});
