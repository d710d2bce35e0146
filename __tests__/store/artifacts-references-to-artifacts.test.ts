import { treePath } from '../../src/contract/tree-path.js';
import { openArtifacts } from './helpers/artifact-store.js';
import { FLOWERS } from './helpers/artifacts.js';
import { failureOf, md5Of, WHOLE } from './helpers/asked.js';
import { V0 } from './helpers/references.js';

describe('a reference to another artifact', () => {
  const hexOf = (id: string): string => Buffer.from(id, 'base64').toString('hex');
  const SOURCE = 'lab/other/dataset/source';

  test('is a file as its target is, and reads its content', async () => {
    const { wandb, found, list, text, read, store, again, counted } = await openArtifacts({
      [SOURCE]: { versions: [{ files: { 'deep/a.txt': 'hello', 'b c.txt': 'bee' } }] },
    });
    const id = (await wandb.seedArtifacts({ [SOURCE]: { versions: [{ files: { z: 'z' } }] } }))[SOURCE]
      ?.versions[0]?.id;
    expect(id).toBeDefined();
    const first = (await found(treePath(`${SOURCE}/v0`))).id ?? '';
    const references = Object.fromEntries(
      ['deep/a.txt', 'b c.txt'].map((path) => [
        `linked/${path}`,
        { ref: `wandb-artifact://${hexOf(first)}/${path}`, digest: md5Of('x'), size: 0 },
      ]),
    );
    await wandb.seedArtifacts({ [FLOWERS]: { versions: [{ references, files: { own: 'own' } }] } });
    const path = `${V0}/linked/deep/a.txt`;
    expect(await found(treePath(path))).toMatchObject({ path, kind: 'file', size: 5, md5: md5Of('hello') });
    expect(await text(treePath(path))).toBe('hello');
    const fresh = again();
    const { value, requests } = await counted(() => fresh.list(treePath(V0)));
    expect(value.map(({ kind, size }) => [kind, size]).sort()).toEqual([
      ['file', 3],
      ['file', 3],
      ['file', 5],
    ]);
    expect(requests).toEqual(['LookUpVersion', 'GET storage', 'FindReferenced', 'GET storage']);
    expect(await Promise.all(value.map((entry) => fresh.read(entry)))).toEqual(
      expect.arrayContaining(['hello', 'bee', 'own']),
    );
    const entry = await found(treePath(path));
    expect(await read(entry, { start: 1, end: 3 })).toBe('el');
    expect((await store.lookup(treePath(`${V0}/linked`), { listing: true })).listing?.entries).toHaveLength(
      3,
    );
    expect(await list(treePath(V0))).toContainEqual(entry);
  });

  test('is followed over several artifacts, but not in a circle, nor for ever', async () => {
    const { wandb, found, text, store } = await openArtifacts({
      [SOURCE]: { versions: [{ files: { a: 'end' } }] },
    });
    let id = (await found(treePath(`${SOURCE}/v0`))).id ?? '';
    const chain = (length: number): Promise<void> =>
      Array.from({ length }).reduce<Promise<void>>(async (before, _, index) => {
        await before;
        const path = `lab/other/dataset/hop-${id.length}-${index}-${length}`;
        const made = await wandb.seedArtifacts({
          [path]: { versions: [{ references: { a: `wandb-artifact://${hexOf(id)}/a` } }] },
        });
        id = made[path]?.versions[0]?.id ?? '';
      }, Promise.resolve());
    await chain(5);
    await wandb.seedArtifacts({
      [FLOWERS]: { versions: [{ references: { a: `wandb-artifact://${hexOf(id)}/a` } }] },
    });
    expect(await text(treePath(`${V0}/a`))).toBe('end');
    await chain(20);
    await wandb.seedArtifacts({
      [FLOWERS]: { versions: [{ references: { a: `wandb-artifact://${hexOf(id)}/a` } }] },
    });
    const entry = await found(treePath(`${FLOWERS}/v1/a`));
    expect(entry).toMatchObject({ kind: 'symlink', refusal: expect.stringContaining('too many') });
    expect((await failureOf(store.read(entry, WHOLE, { etag: null }))).code).toBe('ELOOP');
  });

  test('that leads in a circle, or nowhere, says so', async () => {
    const { wandb, found, list, store } = await openArtifacts({
      [SOURCE]: { versions: [{ files: { a: 'a' } }] },
    });
    const source = (await found(treePath(`${SOURCE}/v0`))).id ?? '';
    const number = Number(Buffer.from(source, 'base64').toString().split(':')[1]);
    // Nobody can make a circle but by guessing the id of what comes next.
    const guesses = Array.from({ length: 20 }, (_, index) =>
      Buffer.from(`Artifact:${number + index}`).toString('hex'),
    );
    const references = Object.fromEntries(
      guesses.map((hex, index) => [`circle-${index}`, `wandb-artifact://${hex}/circle-${index}`]),
    );
    const made = await wandb.seedArtifacts({
      [FLOWERS]: {
        versions: [
          {
            references: {
              ...references,
              gone: `wandb-artifact://${Buffer.from('Artifact:999999').toString('hex')}/a`,
              missing: `wandb-artifact://${hexOf(source)}/nothing`,
            },
          },
        ],
      },
    });
    const own = Number(
      Buffer.from(made[FLOWERS]?.versions[0]?.id ?? '', 'base64')
        .toString()
        .split(':')[1],
    );
    const circle = await found(treePath(`${V0}/circle-${own - number}`));
    expect(circle).toMatchObject({ kind: 'symlink', refusal: expect.stringContaining('circle') });
    expect((await failureOf(store.read(circle, WHOLE, { etag: null }))).code).toBe('ELOOP');
    for (const name of ['gone', 'missing']) {
      const entry = await found(treePath(`${V0}/${name}`));
      expect(entry).toMatchObject({
        kind: 'symlink',
        size: null,
        refusal: expect.stringContaining('nothing'),
      });
      expect((await failureOf(store.read(entry, WHOLE, { etag: null }))).code).toBe('EIO');
    }
    expect(await list(treePath(V0))).toHaveLength(22);
  });

  test('to a version whose manifest is broken says so, and lists the others', async () => {
    const { wandb, found, list } = await openArtifacts({
      [SOURCE]: { versions: [{ manifest: { version: 1, contents: { '../evil': { digest: 'x' } } } }] },
    });
    const hex = hexOf((await found(treePath(`${SOURCE}/v0`))).id ?? '');
    const references = { a: `wandb-artifact://${hex}/a` };
    await wandb.seedArtifacts({ [FLOWERS]: { versions: [{ references, files: { b: 'b' } }] } });
    expect(await list(treePath(V0))).toMatchObject([
      { path: `${V0}/a`, kind: 'symlink', refusal: expect.stringContaining("can't be read") },
      { path: `${V0}/b`, kind: 'file' },
    ]);
  });

  test('to a reference elsewhere is that one', async () => {
    const { wandb, found } = await openArtifacts({
      [SOURCE]: { versions: [{ references: { r: { ref: 's3://bucket/key', digest: 'etag', size: 9 } } }] },
    });
    const hex = hexOf((await found(treePath(`${SOURCE}/v0`))).id ?? '');
    await wandb.seedArtifacts({
      [FLOWERS]: { versions: [{ references: { r: `wandb-artifact://${hex}/r` } }] },
    });
    expect(await found(treePath(`${V0}/r`))).toMatchObject({
      kind: 'symlink',
      target: 's3://bucket/key',
      size: 9,
    });
  });
});
