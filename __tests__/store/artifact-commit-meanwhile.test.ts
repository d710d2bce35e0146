import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { treePath } from '../../src/contract/tree-path.js';
import { fileSource } from '../helpers/file-source.js';
import { Bench, counted, FLOWERS, many } from './helpers/artifacts.js';
import { failureOf } from './helpers/asked.js';
import { expectUnchanged, startWithVersion } from './helpers/bench-with-a-version.js';

let bench: Bench;
beforeEach(async () => {
  bench = await startWithVersion();
});
afterEach(() => bench[Symbol.asyncDispose]());

describe('an abort', () => {
  test('while files are sent ends the commit with ECANCELED, and no request is left over', async () => {
    await bench.wandb.faults([{ match: { side: 'storage', method: 'PUT' }, delayMs: 200, times: 1000 }]);
    const controller = new AbortController();
    const commit = bench.commit(many(300), { signal: controller.signal });
    setTimeout(() => controller.abort(), 300);
    expect((await failureOf(commit)).code).toBe('ECANCELED');
    await bench.wandb.requests({ clear: true });
    await new Promise((resolve) => setTimeout(resolve, 300));
    // Of one that was cut the server may hear late; one that is left over is answered.
    expect((await bench.wandb.requests()).filter(({ status }) => status !== 0)).toEqual([]);
    await bench.wandb.faults([]);
    await expectUnchanged(bench);
  });

  test('does not wait for what other commits are sending', async () => {
    await bench[Symbol.asyncDispose]();
    bench = await Bench.start({}, { concurrency: 1 });
    await bench.wandb.faults([{ match: { side: 'storage', method: 'PUT' }, delayMs: 3000 }]);
    let isFirstDone = false;
    const first = bench.commit({ slow: '1' }).finally(() => {
      isFirstDone = true;
    });
    while ((await bench.wandb.requests()).at(-1)?.side !== 'storage')
      await new Promise((resolve) => setTimeout(resolve, 5));
    const controller = new AbortController();
    const second = bench.commit({ other: '1' }, { signal: controller.signal }, `${FLOWERS}-too`);
    while ((await bench.wandb.requests()).at(-1)?.operation !== 'CreateArtifactFiles')
      await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort();
    expect((await failureOf(second)).code).toBe('ECANCELED');
    expect(isFirstDone).toBe(false);
    expect(await first).toMatchObject({ version: 'v0' });
  });

  test('before it begins makes no request', async () => {
    const requests = await bench.requestsOf(() =>
      failureOf(bench.commit({ a: '2' }, { signal: AbortSignal.abort() })),
    );
    expect(requests).toEqual([]);
  });

  test('in the moment of the commit comes too late: the version is told of', async () => {
    await bench.wandb.faults([{ match: { operation: 'CommitArtifact' }, delayAnswerMs: 300 }]);
    const controller = new AbortController();
    const commit = bench.commit({ a: '2' }, { signal: controller.signal });
    for (;;) {
      const requests = await bench.wandb.requests();
      if (requests.at(-1)?.operation === 'CommitArtifact' && requests.at(-1)?.status === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    controller.abort();
    expect(await commit).toMatchObject({ version: 'v1' });
  });

  test('while it waits for another commit leaves that one alone', async () => {
    const controller = new AbortController();
    const first = bench.commit(many(50));
    const second = bench.commit({ b: '2' }, { signal: controller.signal });
    const third = bench.commit({ c: '3' });
    controller.abort();
    expect((await failureOf(second)).code).toBe('ECANCELED');
    expect(await Promise.all([first, third])).toMatchObject([{ version: 'v1' }, { version: 'v2' }]);
  });
});

describe('a source file', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'wandb-fs-changing-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const commitFile = (file: string, size: number) =>
    bench.writing.commit(
      {
        collection: treePath(FLOWERS),
        files: [{ name: 'data', kind: 'content', source: fileSource(file, size) }],
      },
      {},
    );

  test.each([
    ['is rewritten', 'other'],
    ['shrinks', 'o'],
    ['grows', 'original and more'],
  ])('that %s while the version is made is EIO, by name', async (_how, content) => {
    const file = join(directory, 'data');
    await writeFile(file, 'first');
    await bench.wandb.faults([{ match: { operation: 'CreateArtifactFiles' }, delayMs: 200 }]);
    const commit = failureOf(commitFile(file, 5));
    for (;;) {
      if ((await bench.wandb.requests()).at(-1)?.operation === 'CreateArtifactFiles') break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await writeFile(file, content);
    const failure = await commit;
    expect(failure).toMatchObject({
      code: 'EIO',
      detail: expect.stringMatching(/^Uploading 'data' failed: /),
    });
    await expectUnchanged(bench);
  });

  test('that can not be read is EIO, by name, before anything is made', async () => {
    const requests = await bench.requestsOf(async () => {
      const source = { kind: 'file', fd: 2 ** 30, size: 5 } as const;
      const files = [{ name: 'data', kind: 'content', source }] as const;
      const failure = await failureOf(bench.writing.commit({ collection: treePath(FLOWERS), files }, {}));
      expect(failure).toMatchObject({
        code: 'EIO',
        detail: expect.stringMatching(/^Reading 'data' failed: /),
      });
    });
    // The collection is looked for while the draft is read.
    expect({ FindCollection: 1, ...counted(requests) }).toEqual({ FindCollection: 1 });
  });
});

describe('a deletion while a version is made', () => {
  beforeEach(async () => {
    await bench.wandb.requests({ clear: true });
    await bench.wandb.faults([{ match: { side: 'storage', method: 'PUT' }, delayMs: 300 }]);
  });

  /** Deletes, once a file is on its way. */
  const deleteMeanwhile = async (mutation: string): Promise<void> => {
    while ((await bench.wandb.requests()).at(-1)?.side !== 'storage')
      await new Promise((resolve) => setTimeout(resolve, 5));
    const { project } = await bench.query<{
      project: { artifact: { id: string; artifactSequence: { id: string } } };
    }>(
      `query Ids { project(name: "project", entityName: "lab") {
        artifact(name: "flowers:v0") { id artifactSequence { id } } } }`,
    );
    const { id, artifactSequence } = project.artifact;
    await bench.query(mutation, mutation.includes('Sequence') ? { id: artifactSequence.id } : { id });
  };

  test('of the latest one leaves it whole', async () => {
    const commit = bench.commit({ a: '2' });
    await deleteMeanwhile(
      'mutation Del($id: ID!) { deleteArtifact(input: { artifactID: $id, deleteAliases: true }) { clientMutationId } }',
    );
    expect(await commit).toMatchObject({ version: 'v1' });
    expect(await bench.files()).toEqual({ a: '2' });
  });

  test('of the collection ends it with ESTALE', async () => {
    const failure = failureOf(bench.commit({ a: '2' }));
    await deleteMeanwhile(
      'mutation Del($id: ID!) { deleteArtifactSequence(input: { artifactSequenceID: $id }) { clientMutationId } }',
    );
    expect(await failure).toMatchObject({ code: 'ESTALE', detail: expect.stringContaining('commit again') });
    expect(await bench.versions()).toEqual({});
  });
});
