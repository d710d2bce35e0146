import { ARTIFACT_FEATURES, RUN_FEATURES, startFakeWandb } from 'wandb-fs/testing';
import { CONTENT, useLogging, type Version } from './artifact-logging.js';
import { downloaded, filesOf, runSdk } from './sdk.js';
import { PROJECT, RUN, SERVER_NAMES, SERVERS } from './sdk-servers.js';
import { sumsOf } from './trees.js';

jest.setTimeout(300_000);

describe.each(SERVER_NAMES)('the official SDK logs, changes and links versions: %s', (server) => {
  const logging = useLogging(server);
  const { sdk } = logging;

  test('what is logged is listed, downloaded and verified', async () => {
    const [logged, seen, files, contents, entry] = await sdk(
      {
        do: 'logArtifact',
        run: RUN,
        name: 'flowers',
        files: CONTENT,
        aliases: ['best'],
        tags: ['t1'],
        metadata: { k: 1 },
        description: 'd',
      },
      { do: 'artifact', artifact: `${PROJECT}/flowers:best` },
      {
        do: 'artifactFiles',
        artifact: `${PROJECT}/flowers:v0`,
        perPage: 3,
        count: SERVERS[server].features === undefined,
      },
      { do: 'downloadArtifact', artifact: `${PROJECT}/flowers:latest` },
      { do: 'downloadEntry', artifact: `${PROJECT}/flowers:v0`, path: 'dir/b.txt' },
    );
    expect(logged).toMatchObject({
      name: 'flowers:v0',
      aliases: ['best', 'latest'],
      tags: ['t1'],
      type: 'dataset',
      state: 'COMMITTED',
      size: 17,
      fileCount: 4,
      metadata: { k: 1 },
      description: 'd',
    });
    expect(seen).toMatchObject({ id: (logged as Version).id });
    const rows = (files as { files: { name: string; size: number; md5: string; digest: string }[] }).files;
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(CONTENT).sort());
    expect(rows.find(({ name }) => name === 'a.txt')).toEqual({
      name: 'a.txt',
      size: 5,
      md5: 'XUFAKrxLKna5cZ2REBfFkg==',
      digest: 'XUFAKrxLKna5cZ2REBfFkg==',
    });
    expect(downloaded(contents)).toEqual(CONTENT);
    expect(Buffer.from(entry as string, 'base64').toString()).toBe('world');
    expect(await logging.wandb.artifactFiles(`${PROJECT}/flowers`)).toHaveProperty(['a.txt']);
  });

  test('the same content is the same version, and takes the aliases; drafts and increments build on the latest', async () => {
    const changed = filesOf({ 'c.txt': 'new' });
    const results = await sdk(
      { do: 'logArtifact', run: RUN, name: 'grows', files: CONTENT },
      { do: 'logArtifact', run: RUN, name: 'grows', files: CONTENT, aliases: ['again'] },
      { do: 'newDraft', run: RUN, artifact: `${PROJECT}/grows:latest`, files: changed, remove: ['a.txt'] },
      { do: 'logArtifact', run: RUN, name: 'grows', files: filesOf({ 'd.txt': 'more' }), incremental: true },
      { do: 'artifacts', name: `${PROJECT}/grows`, perPage: 2 },
      { do: 'downloadArtifact', artifact: `${PROJECT}/grows:v1` },
      { do: 'downloadArtifact', artifact: `${PROJECT}/grows:v2` },
    );
    const { 'a.txt': _gone, ...kept } = CONTENT;
    expect(results[1]).toMatchObject({ name: 'grows:v0', aliases: ['again', 'latest'] });
    expect(results[2]).toMatchObject({ name: 'grows:v1', aliases: ['latest'] });
    expect(results[3]).toMatchObject({ name: 'grows:v2', fileCount: 5 });
    expect(results[4]).toEqual({
      count: 3,
      versions: [
        ['grows:v2', ['latest']],
        ['grows:v1', []],
        ['grows:v0', ['again']],
      ],
    });
    expect(downloaded(results[5])).toEqual({ ...kept, ...changed });
    expect(downloaded(results[6])).toEqual({ ...kept, ...changed, ...filesOf({ 'd.txt': 'more' }) });
  });

  test('aliases, tags, description and metadata change; versions and collections are deleted', async () => {
    const results = await sdk(
      { do: 'logArtifact', run: RUN, name: 'edited', files: CONTENT, aliases: ['old'] },
      { do: 'logArtifact', run: RUN, name: 'edited', files: filesOf({ 'x.txt': 'x' }) },
      {
        do: 'editArtifact',
        artifact: `${PROJECT}/edited:v0`,
        addAliases: ['prod'],
        removeAliases: ['old'],
        tags: ['t2'],
        metadata: { changed: true },
        description: 'said anew',
      },
      { do: 'deleteArtifact', artifact: `${PROJECT}/edited:v1`, deleteAliases: true },
      { do: 'artifacts', name: `${PROJECT}/edited` },
      {
        do: 'editCollection',
        type: 'dataset',
        collection: `${PROJECT}/edited`,
        description: 'all of it',
        tags: ['a', 'b'],
        name: 'renamed',
        newType: 'corpus',
      },
      { do: 'artifactTypes', project: PROJECT },
      { do: 'artifactCollections', project: PROJECT, type: 'corpus' },
      { do: 'projectCollections', project: PROJECT },
    );
    expect(results[2]).toMatchObject({
      aliases: ['prod'],
      tags: ['t2'],
      metadata: { changed: true },
      description: 'said anew',
    });
    expect(results[4]).toEqual({ count: 1, versions: [['edited:v0', ['latest', 'prod']]] });
    expect(results[5]).toEqual({
      name: 'renamed',
      description: 'all of it',
      tags: ['a', 'b'],
      type: 'corpus',
    });
    expect(results[6]).toContain('corpus');
    expect(results[7]).toEqual([{ name: 'renamed', aliases: ['latest', 'prod'], sequence: true }]);
    expect(results[8]).toEqual(expect.arrayContaining(['renamed', 'grows', 'flowers']));
    await expect(
      sdk({ do: 'deleteArtifact', artifact: `${PROJECT}/renamed:v0`, deleteAliases: false }),
    ).rejects.toThrow(/alias/);
    await sdk({ do: 'deleteCollection', type: 'corpus', collection: `${PROJECT}/renamed` });
    await expect(sdk({ do: 'artifact', artifact: `${PROJECT}/renamed:v0` })).rejects.toThrow(/not found/);
  });

  test('versions are linked to portfolios and registries, and unlinked', async () => {
    const [first, second] = await sdk(
      { do: 'logArtifact', run: RUN, name: 'weights', type: 'model', files: filesOf({ 'w.bin': '1' }) },
      { do: 'logArtifact', run: RUN, name: 'weights', type: 'model', files: filesOf({ 'w.bin': '2' }) },
    );
    const results = await sdk(
      {
        do: 'linkArtifact',
        artifact: `${PROJECT}/weights:v1`,
        target: `${PROJECT}/chosen`,
        aliases: ['good'],
      },
      { do: 'linkArtifact', artifact: `${PROJECT}/weights:v0`, target: `${PROJECT}/chosen` },
      { do: 'artifact', artifact: `${PROJECT}/chosen:v0` },
      {
        do: 'linkArtifact',
        artifact: `${PROJECT}/weights:v1`,
        target: 'wandb-registry-model/best',
        aliases: ['staging'],
      },
      { do: 'artifact', artifact: 'acme-org/wandb-registry-model/best:staging' },
      { do: 'downloadArtifact', artifact: `${PROJECT}/chosen:latest` },
      { do: 'unlinkArtifact', artifact: `${PROJECT}/chosen:v1` },
      { do: 'artifacts', type: 'model', name: `${PROJECT}/chosen` },
    );
    expect(results[0]).toMatchObject({ name: 'chosen:v0', aliases: ['good', 'latest'], link: true });
    expect(results[1]).toMatchObject({ name: 'chosen:v1', aliases: ['latest'], id: (first as Version).id });
    expect(results[2]).toMatchObject({ aliases: ['good'], id: (second as Version).id, source: 'weights:v1' });
    expect(results[3]).toMatchObject({ name: 'best:v0' });
    expect(results[4]).toMatchObject({ aliases: ['latest', 'staging'], id: (second as Version).id });
    expect(downloaded(results[5])).toEqual(filesOf({ 'w.bin': '1' }));
    expect(results[7]).toEqual({ count: 1, versions: [['chosen:v0', ['good', 'latest']]] });
    const protectedLink = {
      do: 'linkArtifact',
      artifact: `${PROJECT}/weights:v0`,
      target: 'wandb-registry-model/best',
      aliases: ['production'],
    };
    await expect(sdk(protectedLink)).rejects.toThrow(/permission denied/);
    await sdk(
      { do: 'deleteArtifact', artifact: 'acme-org/wandb-registry-model/best:staging', deleteAliases: true },
      { do: 'deleteCollection', type: 'model', collection: `${PROJECT}/chosen` },
    );
    expect(await sdk({ do: 'artifact', artifact: `${PROJECT}/weights:v1` })).toMatchObject([
      second as object,
    ]);
  });
});

test('XXH128 is used where the server has it; elsewhere the SDK hashes anew with MD5', async () => {
  await using wandb = await startFakeWandb({
    viewer: { entity: 'team' },
    features: [...RUN_FEATURES, ...ARTIFACT_FEATURES, 'ARTIFACT_DIGEST_ALGORITHM'],
  });
  await wandb.seed({ [PROJECT]: {} });
  const log = {
    do: 'logArtifact',
    run: RUN,
    name: 'hashed',
    digestAlgorithm: 'XXH128',
    files: filesOf({ 'a.txt': 'hello', 'dir/b.txt': 'world' }),
  };
  const [logged, manifest, contents] = await runSdk(wandb, [
    log,
    { do: 'manifest', artifact: `${PROJECT}/hashed:v0` },
    { do: 'downloadArtifact', artifact: `${PROJECT}/hashed:v0` },
  ]);
  expect(logged).toMatchObject({ digest: '6c646d2e89d59a2ba329c524d5abda80' });
  expect(manifest).toMatchObject({ 'a.txt': { extra: { alg: 'XXH128' } } });
  expect(downloaded(contents)).toEqual(log.files);
  await using older = await startFakeWandb({ viewer: { entity: 'team' } });
  await older.seed({ [PROJECT]: {} });
  expect(await runSdk(older, [log])).toMatchObject([{ digest: 'd5c8ee9d0f3d9920eac09930283deda9' }]);
});

test('what was seeded is read: XXH128, layout V1, files in parts', async () => {
  await using wandb = await startFakeWandb({ viewer: { entity: 'team' } });
  const large = Buffer.alloc(101 * 1024 * 1024, 'part of a large file ');
  const small = { 'a.txt': 'hello', 'dir/b.txt': 'world' };
  await wandb.seedArtifacts({
    [`${PROJECT}/dataset/hashed`]: { versions: [{ files: small, digestAlgorithm: 'MANIFEST_XXH128' }] },
    [`${PROJECT}/dataset/first-layout`]: { versions: [{ files: small, storageLayout: 'V1' }] },
    [`${PROJECT}/dataset/large`]: { versions: [{ files: { 'large.bin': large } }] },
  });
  const [hashed, old, entry, parts] = await runSdk(wandb, [
    { do: 'downloadArtifact', artifact: `${PROJECT}/hashed:v0` },
    { do: 'downloadArtifact', artifact: `${PROJECT}/first-layout:v0` },
    { do: 'downloadEntry', artifact: `${PROJECT}/first-layout:v0`, path: 'a.txt' },
    { do: 'downloadArtifact', artifact: `${PROJECT}/large:v0`, multipart: true, sums: true },
  ]);
  expect(downloaded(hashed)).toEqual(filesOf(small));
  expect(downloaded(old)).toEqual(filesOf(small));
  expect(Buffer.from(entry as string, 'base64').toString()).toBe('hello');
  expect(parts).toEqual(sumsOf({ 'large.bin': large }));
  const ranges = (await wandb.requests()).flatMap(({ range }) => range ?? []);
  expect(ranges).toHaveLength(2);
});
