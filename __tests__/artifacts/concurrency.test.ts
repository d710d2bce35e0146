import type { WandbFs } from 'wandb-fs';
import { mount, newCollection, textsOf, useLab } from './helpers/mounts.js';

const server = useLab();

async function commit(fs: WandbFs, collection: string, draft: string, mark: string): Promise<string | null> {
  await fs.promises.mkdir(`/${collection}/${draft}`, { recursive: true });
  for (let index = 0; index < 5; index++) {
    await fs.promises.writeFile(`/${collection}/${draft}/${index}.txt`, `${mark} ${index}`);
  }
  return (await fs.wandb.commit(`/${collection}/${draft}`)).version;
}

const wholeOf = (mark: string): Record<string, string> =>
  Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`${index}.txt`, `${mark} ${index}`]));

test('concurrent commits to one collection, by one instance and by several, each make a whole version', async () => {
  const collection = newCollection();
  const instances = [mount(server), mount(server)];
  const marks = Array.from({ length: 8 }, (_, index) => `mark-${index}`);
  const versions = await Promise.all(
    marks.map((mark, index) => commit(instances[index % 2] as WandbFs, collection, `draft-${index}`, mark)),
  );
  expect([...versions].sort()).toEqual(marks.map((_, index) => `v${index}`));
  const fresh = mount(server);
  for (const [index, version] of versions.entries()) {
    expect(await textsOf(fresh, `/${collection}/${version}`)).toEqual(wholeOf(marks[index] ?? ''));
  }
  expect(await fresh.promises.readlink(`/${collection}/latest`)).toMatch(/^v\d$/);
});

test('a commit that races the deletion of the latest version: both happen, and nothing is mixed', async () => {
  for (let round = 0; round < 5; round++) {
    const collection = newCollection();
    const [writer, remover] = [mount(server), mount(server, { allowDelete: ['aliasedVersion'] })];
    await commit(writer, collection, 'first', 'one');
    const [committed] = await Promise.allSettled([
      commit(writer, collection, 'second', 'two'),
      remover.promises.rm(`/${collection}/v0`, { recursive: true }),
    ]);
    expect(committed).toEqual({ status: 'fulfilled', value: 'v1' });
    const fresh = mount(server);
    expect(await fresh.promises.readdir(`/${collection}`)).toEqual(['latest', 'v1']);
    expect(await textsOf(fresh, `/${collection}/latest`)).toEqual(wholeOf('two'));
    // The next round takes their threads.
    await Promise.all([writer, remover, fresh].map((fs) => fs.wandb.close()));
  }
});

test('a commit of what the deleted latest version held makes a new version, or is that version', async () => {
  const collection = newCollection();
  const [writer, remover] = [mount(server), mount(server, { allowDelete: ['aliasedVersion'] })];
  await commit(writer, collection, 'first', 'one');
  await remover.promises.rm(`/${collection}/v0`, { recursive: true });
  expect(await commit(writer, collection, 'second', 'one')).toBe('v1');
  expect(await textsOf(mount(server), `/${collection}/latest`)).toEqual(wholeOf('one'));
});

test('an alias that moves while it is read: each pass sees one version or the other, never a mixture', async () => {
  const collection = newCollection();
  const mover = mount(server);
  await commit(mover, collection, 'first', 'one');
  await commit(mover, collection, 'second', 'two');
  const seen = new Set<string>();
  let isOver = false;
  const moving = (async () => {
    for (let round = 0; round < 40 || (seen.size < 2 && round < 4000); round++) {
      await mover.promises.symlink(round % 2 === 0 ? 'v0' : 'v1', `/${collection}/prod`);
    }
    isOver = true;
  })();
  const reader = mount(server, { listingTtl: 0 });
  while (!isOver) {
    if (!(await reader.promises.lstat(`/${collection}/prod`).catch(() => null))) continue;
    // Through the alias an open file, and through its real path all of them, are of one version.
    const real = await reader.promises.realpath(`/${collection}/prod`);
    const texts = await textsOf(reader, real);
    const mark = texts['0.txt']?.split(' ')[0] ?? '';
    expect(texts).toEqual(wholeOf(mark));
    seen.add(mark);
    const handle = await reader.promises.open(`/${collection}/prod/1.txt`);
    const [first, rest] = [Buffer.alloc(3), Buffer.alloc(2)];
    await handle.read(first, 0, 3, 0);
    await handle.read(rest, 0, 2, 3);
    expect(['one 1', 'two 1']).toContain(`${first}${rest}`);
    await handle.close();
  }
  await moving;
  expect([...seen].sort()).toEqual(['one', 'two']);
});
