import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VersionInfo, WandbFs } from 'wandb-fs';
import { ARTIFACT_FEATURES, RUN_FEATURES } from 'wandb-fs/testing';
import { mount, newCollection, requestsOf, useLab } from './helpers/mounts.js';

const server = useLab({
  features: [...RUN_FEATURES, ...ARTIFACT_FEATURES, 'ARTIFACT_DIGEST_ALGORITHM'],
});

const ABOUT = { description: 'why', metadata: { lr: 0.1 } };

/** A collection with versions of these descriptions. */
async function collectionOf(fs: WandbFs, ...descriptions: readonly string[]): Promise<string> {
  const collection = `/${newCollection()}`;
  await fs.promises.mkdir(collection, { recursive: true });
  for (const [index, description] of descriptions.entries()) {
    await fs.promises.mkdir(`${collection}/draft`);
    await fs.promises.writeFile(`${collection}/draft/a.txt`, `${index}`);
    await fs.promises.writeFile(`${collection}/draft/${index}.txt`, 'own');
    const options = { ...ABOUT, description, tags: ['old'], ttl: 1000, aliases: ['prod'] };
    await fs.wandb.commit(`${collection}/draft`, options);
  }
  return collection;
}

async function infoOf(collection: string): Promise<VersionInfo> {
  const info = await mount(server).wandb.info(`${collection}/latest`);
  if (info.kind !== 'version') throw new Error(`it is a ${info.kind}`);
  return info;
}

const copy = (fs: WandbFs, from: string, to: string): Promise<void> =>
  fs.promises.cp(from, to, { recursive: true });

describe('a draft that a version was copied into', () => {
  test('keeps its description and metadata, as `new_draft` of the SDK, and neither tags nor lifetime', async () => {
    const fs = mount(server);
    const collection = await collectionOf(fs, 'why');
    await copy(fs, `${collection}/v0`, `${collection}/next`);
    await fs.promises.writeFile(`${collection}/next/a.txt`, 'changed');
    const counts = await requestsOf(server, () => fs.wandb.commit(`${collection}/next`));
    expect(counts.VersionInfo).toBe(1);
    expect(await infoOf(collection)).toMatchObject({
      ...{ version: 'v1', ...ABOUT, tags: [], ttlSeconds: null, aliases: ['latest'] },
    });
  });

  test('keeps them where each of its files was written anew, and through an alias', async () => {
    const fs = mount(server);
    const collection = await collectionOf(fs, 'why');
    await fs.promises.cp(`${collection}/prod`, `${collection}/next`, { recursive: true, dereference: true });
    for (const name of ['a.txt', '0.txt']) await fs.promises.writeFile(`${collection}/next/${name}`, 'new');
    await fs.promises.rename(`${collection}/next`, `${collection}/@commit`);
    expect(await infoOf(collection)).toMatchObject({ version: 'v1', ...ABOUT });
  });

  test.each([
    ['the description', { description: 'because' }, { ...ABOUT, description: 'because' }],
    ['an empty description', { description: '' }, { ...ABOUT, description: '' }],
    ['the metadata', { metadata: { lr: 1 } }, { description: 'why', metadata: { lr: 1 } }],
    ['no metadata', { metadata: {} }, { description: 'why', metadata: {} }],
  ])('but %s of the commit wins', async (_what, options, shown) => {
    const fs = mount(server);
    const collection = await collectionOf(fs, 'why');
    await copy(fs, `${collection}/v0`, `${collection}/next`);
    await fs.promises.writeFile(`${collection}/next/b.txt`, 'b');
    await fs.wandb.commit(`${collection}/next`, options);
    expect(await infoOf(collection)).toMatchObject({ version: 'v1', ...shown });
  });

  test('keeps the digest algorithm', async () => {
    const fs = mount(server);
    const collection = `/${newCollection()}`;
    await fs.promises.mkdir(`${collection}/draft`, { recursive: true });
    await fs.promises.writeFile(`${collection}/draft/a.txt`, 'a');
    await fs.wandb.commit(`${collection}/draft`, { digestAlgorithm: 'XXH128' });
    await copy(fs, `${collection}/v0`, `${collection}/next`);
    await fs.promises.writeFile(`${collection}/next/b.txt`, 'b');
    await fs.wandb.commit(`${collection}/next`);
    expect(await infoOf(collection)).toMatchObject({ version: 'v1', digestAlgorithm: 'XXH128' });
  });

  test('keeps them when it is copied or renamed itself, and after a restart with a journal', async () => {
    const journal = mkdtempSync(join(tmpdir(), 'wandb-fs-copied-drafts-'));
    try {
      const first = mount(server, { journal });
      const collection = await collectionOf(first, 'why');
      await copy(first, `${collection}/v0`, `${collection}/one`);
      await copy(first, `${collection}/one`, `${collection}/two`);
      await first.promises.rename(`${collection}/two`, `${collection}/three`);
      await first.promises.writeFile(`${collection}/three/b.txt`, 'b');
      await first.wandb.close();
      await mount(server, { journal }).wandb.commit(`${collection}/three`);
      expect(await infoOf(collection)).toMatchObject({ version: 'v1', ...ABOUT });
    } finally {
      rmSync(journal, { recursive: true });
    }
  });
});

test('a draft of copies of two versions keeps nothing of either', async () => {
  const fs = mount(server);
  const collection = await collectionOf(fs, 'one', 'two');
  for (const version of ['v0', 'v1']) await copy(fs, `${collection}/${version}`, `${collection}/next`);
  expect(await fs.promises.readdir(`${collection}/next`)).toEqual(['0.txt', '1.txt', 'a.txt']);
  await fs.wandb.commit(`${collection}/next`);
  expect(await infoOf(collection)).toMatchObject({ version: 'v2', description: null, metadata: null });
});

test('files and directories that are copied one by one bring nothing along', async () => {
  const fs = mount(server);
  const collection = await collectionOf(fs, 'why');
  await fs.promises.mkdir(`${collection}/next`);
  await fs.promises.copyFile(`${collection}/v0/a.txt`, `${collection}/next/a.txt`);
  await copy(fs, `${collection}/v0`, `${collection}/next/old`);
  const counts = await requestsOf(server, () => fs.wandb.commit(`${collection}/next`));
  expect(counts.VersionInfo).toBeUndefined();
  expect(await infoOf(collection)).toMatchObject({ version: 'v1', description: null, metadata: null });
});
