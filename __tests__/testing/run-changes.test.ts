import type { FakeWandb } from '../../src/testing/index.js';
import {
  authorization,
  declareFiles,
  fileRow,
  graphql,
  listFiles,
  type Nodes,
  nodesOf,
  stream,
} from './client.js';
import { RUN, serving } from './helpers/serving.js';

describe('changing runs', () => {
  test('files are deleted by id, all of a batch at once, what is gone is no error', () =>
    serving({ limits: { ids: 2 } }, async (wandb) => {
      await wandb.seed({ [RUN]: { 'a.txt': 'a', 'b.txt': 'b' } });
      const ids = (await listFiles(wandb, RUN)).rows.map((row) => row.id);
      const document =
        'mutation($files: [ID!]!, $projectId: Int) { deleteFiles(input: { files: $files, projectId: $projectId }) { success } }';
      expect((await graphql(wandb, document, { files: ids })).errors[0]?.message).toMatch(/Too many ids/);
      expect((await graphql(wandb, document, { files: ids.slice(0, 2), projectId: 1 })).errors).toHaveLength(
        1,
      );
      expect((await listFiles(wandb, RUN)).rows).toHaveLength(3);
      expect((await graphql(wandb, document, { files: ids.slice(0, 2) })).data).toEqual({
        deleteFiles: { success: true },
      });
      expect((await graphql(wandb, document, { files: ids.slice(0, 2) })).errors).toEqual([]);
      expect((await listFiles(wandb, RUN)).rows.map((row) => row.name)).toEqual(['b.txt']);
    }));

  test('a project and a run are made once; a deleted run never comes back under its name', () =>
    serving({}, async (wandb) => {
      const make = (name: string) =>
        graphql<{ upsertBucket: { inserted: boolean; bucket: { id: string } } }>(
          wandb,
          `mutation($name: String) { upsertBucket(input: { entityName: "lab", modelName: "fresh", name: $name }) {
             inserted bucket { id name displayName state historyLineCount project { name entity { name } } } } }`,
          { name },
        );
      const first = await make('r1');
      expect(first.data.upsertBucket).toMatchObject({
        inserted: true,
        bucket: { name: 'r1', state: 'running', project: { name: 'fresh', entity: { name: 'lab' } } },
      });
      expect((await make('r1')).data.upsertBucket.inserted).toBe(false);
      await graphql(wandb, 'mutation($id: ID!) { deleteRun(input: { id: $id }) { clientMutationId } }', {
        id: first.data.upsertBucket.bucket.id,
      });
      const again = await make('r1');
      expect(again.status).toBe(409);
      expect(again.errors[0]?.message).toMatch(/previously created and deleted/);
    }));

  test('an unknown entity is refused', () =>
    serving({}, async (wandb) => {
      const reply = await graphql(
        wandb,
        'mutation { upsertModel(input: { entityName: "nobody", name: "p" }) { inserted } }',
      );
      expect(reply.status).toBe(404);
      expect(reply.errors[0]?.message).toMatch(/nobody/);
    }));

  test('projects come and go', () =>
    serving({}, async (wandb) => {
      const made = await graphql<{ upsertModel: { inserted: boolean; project: { id: string } } }>(
        wandb,
        'mutation { upsertModel(input: { entityName: "lab", name: "p2" }) { inserted project { id } } }',
      );
      expect(made.data.upsertModel.inserted).toBe(true);
      await graphql(wandb, 'mutation($id: String!) { deleteModel(input: { id: $id }) { success } }', {
        id: made.data.upsertModel.project.id,
      });
      expect((await graphql(wandb, '{ project(entityName: "lab", name: "p2") { id } }')).data).toEqual({
        project: null,
      });
    }));

  test.each(['', '/abs.txt', 'a//b.txt', '../up.txt', 'a/./b.txt', 'x'.repeat(1025)])(
    'a file cannot be called %j',
    (name) =>
      serving({}, async (wandb) => {
        await expect(declareFiles(wandb, RUN, [name])).rejects.toThrow(/file name/);
      }),
  );
});

describe('the file stream', () => {
  test('console lines become output.log when the run ends, and not before', () =>
    serving({}, async (wandb) => {
      const document =
        'mutation { upsertBucket(input: { entityName: "lab", modelName: "project", name: "live" }) { inserted } }';
      await graphql(wandb, document);
      await stream(wandb, 'lab/project/live', {
        files: {
          'output.log': {
            offset: 0,
            content: ['2026-11-23T13:47:41.347305 step 1', 'ERROR 2026-11-23T13:47:42.1 oops'],
          },
          'wandb-history.jsonl': { offset: 0, content: ['{"_step":0,"loss":1}', '{"_step":1,"loss":0.5}'] },
          'wandb-summary.json': { offset: 0, content: ['{"loss":0.5}'] },
        },
      });
      expect(await fileRow(wandb, 'lab/project/live', 'output.log')).toBeUndefined();
      // A progress bar rewrites its line.
      await stream(wandb, 'lab/project/live', {
        files: { 'output.log': { offset: 0, content: ['2026-11-23T13:47:43 step 1 done'] } },
        complete: true,
        exitcode: 0,
      });
      expect(await fileRow(wandb, 'lab/project/live', 'output.log')).toBeDefined();
      const { 'output.log': log } = await wandb.files('lab/project/live');
      expect(Buffer.from(log ?? []).toString()).toBe('step 1 done\noops\n');
      const { data } = await graphql<{ project: { run: { logLines: Nodes<unknown> } } }>(
        wandb,
        `{ project(entityName: "lab", name: "project") { run(name: "live") {
             state summaryMetrics historyLineCount logLineCount logLines { edges { node { line level timestamp } } } } } }`,
      );
      expect(data.project.run).toMatchObject({
        state: 'finished',
        summaryMetrics: '{"loss":0.5}',
        historyLineCount: 2,
        logLineCount: 2,
      });
      const lines = nodesOf(data.project.run.logLines);
      expect(lines[1]).toEqual({ line: 'oops', level: 'error', timestamp: '2026-11-23T13:47:42.1' });
    }));

  test('a run that ends with an exit code has failed', () =>
    serving({}, async (wandb) => {
      await stream(wandb, RUN, { complete: true, exitcode: 3 });
      const { data } = await graphql(
        wandb,
        '{ project(entityName: "lab", name: "project") { run(name: "run") { state exitcode } } }',
      );
      expect(data).toEqual({ project: { run: { state: 'failed', exitcode: 3 } } });
    }));

  test('gzip is read only where the feature says so', async () => {
    const { gzipSync } = await import('node:zlib');
    const post = (wandb: FakeWandb) =>
      fetch(`${wandb.url}/files/${RUN}/file_stream`, {
        method: 'POST',
        headers: { ...authorization(wandb), 'content-encoding': 'gzip' },
        body: gzipSync('{"complete":true}'),
      });
    await serving({ features: ['FILESTREAM_GZIP'] }, async (wandb) =>
      expect((await post(wandb)).status).toBe(200),
    );
    await serving({ features: [] }, async (wandb) => expect((await post(wandb)).status).toBe(415));
  });
});
