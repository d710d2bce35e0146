import { errorOf, mount, newCollection, requestsOf, textsOf, useLab } from './helpers/mounts.js';

const server = useLab({
  organizations: [{ name: 'Acme', entity: 'acme-org', teams: ['lab'], protectedAliases: ['production'] }],
});

/** A collection with three versions; `prod` points to the second. */
async function seeded(): Promise<string> {
  const collection = newCollection();
  await server.seedArtifacts({
    [collection]: {
      versions: [
        { files: { 'a.txt': 'zero' } },
        { files: { 'a.txt': 'one' }, aliases: ['prod'] },
        { files: { 'a.txt': 'two' } },
      ],
    },
  });
  return collection;
}

describe('aliases', () => {
  test('are set, moved, renamed and removed on the server', async () => {
    const collection = await seeded();
    const fs = mount(server);
    await fs.promises.symlink('v0', `/${collection}/first`);
    await fs.promises.symlink('v2', `/${collection}/prod`);
    await fs.promises.rename(`/${collection}/first`, `/${collection}/oldest`);
    for (const seen of [fs, mount(server)]) {
      expect(await seen.promises.readdir(`/${collection}`)).toEqual([
        'latest',
        'oldest',
        'prod',
        'v0',
        'v1',
        'v2',
      ]);
      expect(await seen.promises.readlink(`/${collection}/prod`)).toBe('v2');
      expect(await seen.promises.readlink(`/${collection}/oldest`)).toBe('v0');
    }
    await fs.promises.unlink(`/${collection}/prod`);
    fs.unlinkSync(`/${collection}/oldest`);
    for (const seen of [fs, mount(server)]) {
      expect(await seen.promises.readdir(`/${collection}`)).toEqual(['latest', 'v0', 'v1', 'v2']);
    }
  });

  test('one move is one request', async () => {
    const collection = await seeded();
    const fs = mount(server);
    await fs.promises.readdir(`/${collection}`);
    const counts = await requestsOf(server, () => fs.promises.symlink('v2', `/${collection}/prod`));
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(2);
  });

  test('that the server protects are EACCES', async () => {
    const source = await seeded();
    const fs = mount(server);
    const shared = '/acme-org/wandb-registry-data/dataset/guarded';
    await fs.promises.mkdir(shared, { recursive: true });
    await fs.promises.symlink(`/${source}/v0`, `${shared}/staging`);
    expect(await errorOf(fs.promises.symlink('v0', `${shared}/production`))).toMatchObject({
      code: 'EACCES',
      syscall: 'symlink',
    });
    expect(await mount(server).promises.readdir(shared)).toEqual(['latest', 'staging', 'v0']);
  });
});

describe('deleting', () => {
  test('needs the option that names the level, else EPERM says which', async () => {
    const collection = await seeded();
    const fs = mount(server);
    const version = await errorOf(fs.promises.rm(`/${collection}/v0`, { recursive: true }));
    expect(version).toMatchObject({ code: 'EPERM', message: expect.stringContaining("'version'") });
    const all = await errorOf(fs.promises.rm(`/${collection}`, { recursive: true }));
    expect(all).toMatchObject({ code: 'EPERM', message: expect.stringContaining("'collection'") });
    expect(await mount(server).promises.readdir(`/${collection}`)).toContain('v0');
  });

  test('a version without aliases goes with `version`; one with aliases only with `aliasedVersion`', async () => {
    const collection = await seeded();
    const careful = mount(server, { allowDelete: ['version'] });
    await careful.promises.rm(`/${collection}/v0`, { recursive: true });
    const refused = await errorOf(careful.promises.rm(`/${collection}/v1`, { recursive: true }));
    expect(refused.message).toMatch(/prod/);
    expect(refused.message).toMatch(/aliasedVersion/);
    expect(await careful.promises.readFile(`/${collection}/v1/a.txt`, 'utf8')).toBe('one');
    const bold = mount(server, { allowDelete: ['aliasedVersion'] });
    await bold.promises.rm(`/${collection}/v1`, { recursive: true });
    for (const seen of [bold, mount(server)]) {
      expect(await seen.promises.readdir(`/${collection}`)).toEqual(['latest', 'v2']);
    }
  });

  test('the latest version hands `latest` on', async () => {
    const collection = await seeded();
    const fs = mount(server, { allowDelete: ['aliasedVersion'] });
    await fs.promises.readdir(`/${collection}`);
    await fs.promises.rm(`/${collection}/v2`, { recursive: true });
    expect(await fs.promises.readlink(`/${collection}/latest`)).toBe('v1');
  });

  test('a collection goes as a whole', async () => {
    const collection = await seeded();
    const fs = mount(server, { allowDelete: ['collection'] });
    await fs.promises.rm(`/${collection}`, { recursive: true });
    expect(fs.existsSync(`/${collection}`)).toBe(false);
    expect(mount(server).existsSync(`/${collection}/v0`)).toBe(false);
  });
});

test('a collection that is deleted and made again is another one, for who deleted it and for who only read it', async () => {
  const collection = await seeded();
  const [fs, reader] = [mount(server, { allowDelete: ['collection'] }), mount(server, { listingTtl: 0 })];
  expect(await textsOf(fs, `/${collection}/v0`)).toEqual({ 'a.txt': 'zero' });
  expect(await textsOf(reader, `/${collection}/v0`)).toEqual({ 'a.txt': 'zero' });
  await fs.promises.rm(`/${collection}`, { recursive: true });
  await fs.promises.mkdir(`/${collection}/draft`, { recursive: true });
  await fs.promises.writeFile(`/${collection}/draft/b.txt`, 'anew');
  expect(await fs.wandb.commit(`/${collection}/draft`)).toMatchObject({ version: 'v0' });
  expect(await textsOf(fs, `/${collection}/v0`)).toEqual({ 'b.txt': 'anew' });
  expect(await reader.promises.readdir(`/${collection}`)).toEqual(['latest', 'v0']);
  expect(await textsOf(reader, `/${collection}/v0`)).toEqual({ 'b.txt': 'anew' });
});

describe.each([
  ['a portfolio', () => `/lab/project/dataset/picks-${Math.random().toString(36).slice(2)}`],
  ['a registry', () => `/acme-org/wandb-registry-data/dataset/shared-${Math.random().toString(36).slice(2)}`],
])('%s', (_what, newPath) => {
  test('is made by the first link into it, and numbers what is linked itself', async () => {
    const source = await seeded();
    const fs = mount(server);
    const shared = newPath();
    await fs.promises.mkdir(shared, { recursive: true });
    await fs.promises.symlink(`/${source}/v2`, `${shared}/staging`);
    await fs.promises.symlink(`/${source}/prod`, `${shared}/best`);
    for (const seen of [fs, mount(server)]) {
      expect(await seen.promises.readdir(shared)).toEqual(['best', 'latest', 'staging', 'v0', 'v1']);
      expect(await seen.promises.readFile(`${shared}/staging/a.txt`, 'utf8')).toBe('two');
      expect(await seen.promises.readFile(`${shared}/v1/a.txt`, 'utf8')).toBe('one');
    }
  });

  test('a version removed from it is unlinked; its source stays, whatever is allowed', async () => {
    const source = await seeded();
    const fs = mount(server, { allowDelete: ['version', 'aliasedVersion', 'collection'] });
    const shared = newPath();
    await fs.promises.mkdir(shared, { recursive: true });
    await fs.promises.symlink(`/${source}/v1`, `${shared}/staging`);
    const counts = await requestsOf(server, () => fs.promises.rm(`${shared}/v0`, { recursive: true }));
    expect(Object.keys(counts).filter((name) => /deleteArtifact/i.test(name))).toEqual([]);
    expect(fs.existsSync(`${shared}/v0`)).toBe(false);
    const fresh = mount(server);
    expect(fresh.existsSync(`${shared}/staging`)).toBe(false);
    expect(await textsOf(fresh, `/${source}/v1`)).toEqual({ 'a.txt': 'one' });
    expect(await fresh.promises.readlink(`/${source}/prod`)).toBe('v1');
  });

  test('removed as a whole leaves the sources', async () => {
    const source = await seeded();
    const fs = mount(server, { allowDelete: ['collection'] });
    const shared = newPath();
    await fs.promises.mkdir(shared, { recursive: true });
    await fs.promises.symlink(`/${source}/v1`, `${shared}/staging`);
    await fs.promises.rm(shared, { recursive: true });
    expect(fs.existsSync(shared)).toBe(false);
    expect(await textsOf(mount(server), `/${source}/v1`)).toEqual({ 'a.txt': 'one' });
  });
});

test('links go into portfolios, not into collections that versions are born in', async () => {
  const [source, other] = [await seeded(), await seeded()];
  const error = await errorOf(mount(server).promises.symlink(`/${source}/v0`, `/${other}/theirs`));
  expect(['EPERM', 'EINVAL']).toContain(error.code);
  expect(await mount(server).promises.readdir(`/${other}`)).not.toContain('theirs');
});
