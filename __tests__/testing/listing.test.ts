import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { awkwardFiles, awkwardNames, worldDirectory } from '../../__fixtures__/index.js';
import { type FakeWandb, startFakeWandb } from '../../src/testing/index.js';
import { makeDirectory } from '../helpers/directories.js';
import { deleteFiles, graphql, listFiles, type Nodes, namesOf, nodesOf } from './client.js';

const run = 'lab/project/run';

describe('listing the files of a run', () => {
  let wandb: FakeWandb;
  beforeAll(async () => {
    wandb = await startFakeWandb({ limits: { page: 10, names: 5 } });
    const files = Object.fromEntries(
      Array.from({ length: 25 }, (_, i) => [`dir-${i % 5}/f${i}.txt`, `file ${i}`]),
    );
    await wandb.seed({ [run]: files, 'lab/empty': {}, 'lab/project/bare': {} });
  });
  afterAll(() => wandb.close());

  test.each(['endCursor', 'lastEdge'] as const)(
    'pages follow one another by %s, without gaps or repeats',
    async (style) => {
      const names: string[] = [];
      let after: string | null = null;
      for (let more = true; more; ) {
        const page: Awaited<ReturnType<typeof listFiles>> = await listFiles(wandb, run, { first: 7, after });
        names.push(...page.rows.map((row) => row.name));
        after = style === 'endCursor' ? page.endCursor : (page.cursors.at(-1) ?? null);
        more = page.hasNextPage;
      }
      expect(names).toHaveLength(25);
      expect(new Set(names).size).toBe(25);
    },
  );

  test('a file that comes or goes between two pages neither repeats nor hides others', async () => {
    const changing = 'studio/project/changing';
    await wandb.seed({ [changing]: Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, name])) });
    const first = await listFiles(wandb, changing, { first: 2 });
    await deleteFiles(wandb, [...first.rows, ...(await listFiles(wandb, changing, { names: ['c'] })).rows]);
    await wandb.seed({ [changing]: { a: 'again', e: 'new' } });
    const second = await listFiles(wandb, changing, { after: first.endCursor });
    expect(first.rows.map((row) => row.name)).toEqual(['a', 'b']);
    expect(second.rows.map((row) => row.name)).toEqual(['d', 'a', 'e']);
    expect(second.hasNextPage).toBe(false);
  });

  test('a page larger than the limit is cut short, and says that more follows', async () => {
    const { rows, hasNextPage } = await listFiles(wandb, run, { first: 1000 });
    expect(rows).toHaveLength(10);
    expect(hasNextPage).toBe(true);
  });

  test('names are exact; unknown ones are left out; an empty list means all', async () => {
    const { rows } = await listFiles(wandb, run, { names: ['dir-0/f0.txt', 'dir-0', 'nope'] });
    expect(rows.map((row) => row.name)).toEqual(['dir-0/f0.txt']);
    expect((await listFiles(wandb, run, { names: [] })).rows).toHaveLength(10);
  });

  test('more names than the limit are a GraphQL error', async () => {
    const { errors } = await listFiles(wandb, run, { names: ['a', 'b', 'c', 'd', 'e', 'f'] });
    expect(errors[0]?.message).toMatch(/Too many names/);
  });

  test('a pattern is LIKE: % and _ are wild, a backslash takes that away', async () => {
    const names = async (pattern: string) =>
      (await listFiles(wandb, run, { pattern })).rows.map((row) => row.name);
    expect(await names('dir-1/%')).toEqual([
      'dir-1/f1.txt',
      'dir-1/f6.txt',
      'dir-1/f11.txt',
      'dir-1/f16.txt',
      'dir-1/f21.txt',
    ]);
    expect(await names('%/f_.txt')).toHaveLength(10);
    expect(await names('%\\_%')).toEqual([]);
    expect(await names('dir.1/%')).toEqual([]);
  });

  test('what is not there is null, not an error', async () => {
    const query =
      'query($e: String, $p: String, $r: String!) { project(name: $p, entityName: $e) { run(name: $r) { id } } }';
    expect((await graphql(wandb, query, { e: 'lab', p: 'project', r: 'nope' })).data).toEqual({
      project: { run: null },
    });
    expect((await graphql(wandb, query, { e: 'lab', p: 'nope', r: 'run' })).data).toEqual({ project: null });
    expect((await graphql(wandb, '{ entity(name: "nobody") { id } }')).data).toEqual({ entity: null });
  });

  test('projects of an entity, runs of a project', async () => {
    const { data } = await graphql<{
      models: Nodes<{ name: string }>;
      project: { runCount: number; runs: Nodes<{ name: string; state: string; projectId: string }> };
    }>(
      wandb,
      `{ models(entityName: "lab") { edges { node { name id internalId } } }
         project(name: "project", entityName: "lab") { runCount(filters: "{}") runs { edges { node { name state projectId } } } } }`,
    );
    expect(namesOf(data.models)).toEqual(['project', 'empty']);
    expect(data.project.runCount).toBe(2);
    expect(namesOf(data.project.runs)).toEqual(['run', 'bare']);
    expect(Number.parseInt(nodesOf(data.project.runs)[0]?.projectId ?? '', 10)).toBeGreaterThan(0);
  });

  test('runs are filtered and ordered as the SDK asks', async () => {
    await wandb.seed(
      { 'lab/many/a': {} },
      { state: 'running', config: { lr: { value: 0.1 } }, createdAt: 1000 },
    );
    await wandb.seed(
      { 'lab/many/b': {} },
      { state: 'failed', config: { lr: { value: 0.3 } }, createdAt: 3000, tags: ['x'] },
    );
    await wandb.seed(
      { 'lab/many/c': {} },
      { state: 'finished', config: { lr: { value: 0.2 } }, createdAt: 2000 },
    );
    const query = `query($filters: JSONString, $order: String) { project(name: "many", entityName: "lab") {
      runs(filters: $filters, order: $order) { edges { node { name } } } } }`;
    const names = async (filters: unknown, order: string) => {
      const variables = { filters: JSON.stringify(filters), order };
      const { data } = await graphql<{ project: { runs: Nodes<{ name: string }> } }>(wandb, query, variables);
      return namesOf(data.project.runs).join('');
    };
    expect(await names({}, '+created_at')).toBe('acb');
    expect(await names({}, '-created_at')).toBe('bca');
    expect(await names({}, '-config.lr.value')).toBe('bca');
    expect(await names({ state: { $in: ['failed', 'running'] } }, '+created_at')).toBe('ab');
    expect(await names({ $or: [{ tags: 'x' }, { 'config.lr.value': { $lt: 0.15 } }] }, '+created_at')).toBe(
      'ab',
    );
    expect(await names({ $and: [{ displayName: { $regex: '-' } }, { state: { $ne: 'failed' } }] }, '')).toBe(
      'ac',
    );
  });
});

describe('the world on disk', () => {
  test('may be plain files: those of runs', async () => {
    const world = await makeDirectory();
    await mkdir(join(world, 'lab/project/run/media'), { recursive: true });
    await mkdir(join(world, 'lab/project/empty'));
    await writeFile(join(world, 'lab/project/run/media/a.txt'), 'a');
    const wandb = await startFakeWandb({ world });
    try {
      expect(await wandb.files('lab/project/run')).toEqual({ 'media/a.txt': new Uint8Array([97]) });
      expect(await wandb.files('lab/project/empty')).toEqual({});
    } finally {
      await wandb.close();
    }
  });

  test('starts with every file of the directory, and takes names that no disk can hold', async () => {
    const wandb = await startFakeWandb({ world: worldDirectory });
    try {
      const files = await wandb.files('vision-lab/flower-classifier/awkward-names');
      expect(Buffer.from(files['hash#tag.txt'] ?? []).toString()).toBe('content of hash#tag.txt\n');
      await wandb.seed({ 'vision-lab/flower-classifier/odd': awkwardFiles() });
      const { rows } = await listFiles(wandb, 'vision-lab/flower-classifier/odd');
      expect(rows.map((row) => row.name)).toEqual(awkwardNames);
      for (const row of rows) {
        const response = await fetch(row.directUrl);
        expect(await response.text()).toBe(`content of ${row.name}\n`);
      }
    } finally {
      await wandb.close();
    }
  });

  test('an artifact manifest is listed without size and digest, and refuses to be deleted', async () => {
    const wandb = await startFakeWandb({ world: worldDirectory });
    try {
      const { rows } = await listFiles(wandb, 'vision-lab/flower-classifier/k3f9x2ab', {
        pattern: 'artifact/%',
      });
      expect(rows).toMatchObject([{ name: 'artifact/1204020/wandb_manifest.json', sizeBytes: 0, md5: null }]);
      expect(rows[0]?.updatedAt).not.toBeNull();
      const content = await (await fetch(rows[0]?.directUrl ?? '')).text();
      expect(JSON.parse(content)).toMatchObject({ storagePolicy: 'wandb-storage-policy-v1' });
      expect((await deleteFiles(wandb, rows)).errors).toHaveLength(1);
    } finally {
      await wandb.close();
    }
  });
});
